import { type ArgumentSpec, defineCommand } from '../../command.ts';
import { findImage, groupNames, listImages } from '../../server/find.ts';
import { stateWord } from '../../style.ts';
import { renderTable } from '../../table.ts';
import { networkText, renderImage, sizeText } from '../../views/image.ts';
import { groupsText } from '../../views/people.ts';

/** The argument of commands about one image. */
export const IMAGE: ArgumentSpec & { readonly count: 'one' } = {
  label: 'IMAGE',
  summary: 'Name or id of the image',
  count: 'one',
  offer: 'image',
};

export const imageList = defineCommand({
  description:
    'Lists the images. With --startable those of which you may start a session, with the networks\n' +
    'by which it would leave; everybody who is signed in may ask that.',
  options: { startable: { summary: 'What you may start, and by which network it leaves' } },
  examples: [
    'sallyport image list',
    'sallyport image list --startable',
    "sallyport image list --json | jq -r '.[] | select(.restrictToNetwork | not) | .name'",
  ],
  run: async ({ server, style }, { options }) => {
    if (options.startable) {
      const found = await server('launchable', {});
      const rows = found.map(
        ({ name, network, networkChoices, ready, reason, mayChooseNetwork }) => [
          name,
          stateWord(style, ready ? 'yes' : 'no'),
          network ?? '-',
          networkChoices.find((one) => one.name === network)?.egress.join(',') ?? '-',
          mayChooseNetwork ? networkChoices.map((one) => one.name).join(', ') : '-',
          reason,
        ],
      );
      const head = ['IMAGE', 'READY', 'NETWORK', 'LEAVES AS', 'CHOICE', 'REASON'];
      const none = 'There is no image that you may start.\n';
      return {
        json: found,
        text: () => (rows.length === 0 ? none : `${renderTable(head, rows)}\n`),
      };
    }
    const [images, names] = await Promise.all([listImages(server), groupNames(server)]);
    const rows = images.map((image) => [
      image.name,
      image.enabled ? 'enabled' : style('dim', 'disabled'),
      image.dockerImage,
      networkText(image),
      String(image.cores),
      sizeText(image.memoryMiB),
      groupsText(image.groups, names) || 'everybody',
      image.widening.length === 0 ? '-' : style('yellow', image.widening.join(', ')),
    ]);
    const head = [
      'IMAGE',
      'STATE',
      'DOCKER IMAGE',
      'NETWORK',
      'CORES',
      'MEMORY',
      'GROUPS',
      'WIDER RIGHTS',
    ];
    const none =
      'There are no images. Create one: sallyport image create NAME --docker-image REF\n';
    return {
      json: images,
      text: () => (rows.length === 0 ? none : `${renderTable(head, rows)}\n`),
    };
  },
});

export const imageShow = defineCommand({
  description: 'Shows an image.',
  argument: IMAGE,
  options: {},
  examples: ['sallyport image show Chromium'],
  run: async ({ server, style }, { argument }) => {
    const [image, names] = await Promise.all([findImage(server, argument), groupNames(server)]);
    return { json: image, text: () => renderImage(style, image, names) };
  },
});
