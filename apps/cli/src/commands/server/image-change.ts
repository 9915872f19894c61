import { SallyportError } from '@sallyport/contract/errors';
import { imageCreateSchema, imageUpdateSchema } from '@sallyport/contract/server/images';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../../command.ts';
import { findImage } from '../../server/find.ts';
import { IMAGE_FIELDS, IMAGE_OPTIONS, imageFields } from '../../server/image-options.ts';
import { badInput } from '../../show-error.ts';
import { networkText } from '../../views/image.ts';
import { IMAGE } from './image-list.ts';

const DOCKER_IMAGE = { value: 'REF', summary: 'The image as Docker calls it' } as const;

export const imageCreate = defineCommand({
  description:
    'Creates an image, of which people start sessions. With --restrict-to-network its sessions leave\n' +
    "by that network's address or not at all; without, by the default network of the server.",
  argument: { label: 'NAME', summary: 'Friendly name, at most 64 characters', count: 'one' },
  options: {
    'docker-image': { ...DOCKER_IMAGE, required: true },
    ...IMAGE_OPTIONS,
    disabled: { summary: 'No session can be started yet' },
  },
  examples: [
    'sallyport image create Chromium --docker-image sallyport/desktop --restrict-to-network z_custom_a',
    'sallyport image create Two --docker-image sallyport/desktop --restrict-to-network z_custom_a\n' +
      '      --restrict-to-network z_custom_b --allow-network-selection --group Research',
    'sallyport image create Tools --docker-image tools --volume /srv/data:/data:ro --confirm-widening',
  ],
  fields: IMAGE_FIELDS,
  run: async (context, { argument, options }) => {
    const body = parseInput(imageCreateSchema, {
      name: argument,
      dockerImage: options['docker-image'],
      enabled: !options.disabled,
      ...(await imageFields(context, options)),
    });
    const made = await told(context.server('createImage', { body }));
    return {
      json: made,
      text: () => `Created ${made.name}. Its sessions leave by: ${networkText(made)}.\n`,
    };
  },
});

export const imageUpdate = defineCommand({
  description:
    'Changes an image. Sessions that there are stay as they are. What is not named stays; a list\n' +
    'that is named replaces the one before, and `none` empties it.',
  argument: IMAGE,
  options: {
    name: { value: 'NAME', summary: 'Another name' },
    'docker-image': DOCKER_IMAGE,
    ...IMAGE_OPTIONS,
    'no-network-selection': { summary: 'People do not choose the network' },
    disable: { summary: 'No session can be started' },
    enable: { summary: 'Sessions can be started' },
  },
  examples: [
    'sallyport image update Chromium --restrict-to-network z_custom_b',
    'sallyport image update Chromium --memory 4g --env LANG=de_DE.UTF-8',
    'sallyport image update Chromium --disable',
  ],
  fields: { ...IMAGE_FIELDS, name: '--name', input: 'The line' },
  run: async (context, { argument, options }) => {
    for (const [one, other] of [
      ['disable', 'enable'],
      ['allow-network-selection', 'no-network-selection'],
    ] as const) {
      if (!options[one] || !options[other]) continue;
      throw badInput(`--${one}`, undefined, {
        message: `and --${other} exclude each other`,
        remedy: 'give one of the two',
      });
    }
    const dockerImage = options['docker-image'];
    const body = parseInput(imageUpdateSchema, {
      ...(options.name !== undefined && { name: options.name }),
      ...(dockerImage !== undefined && { dockerImage }),
      ...(await imageFields(context, options)),
      ...(options['no-network-selection'] && { allowNetworkSelection: false }),
      ...(options.disable && { enabled: false }),
      ...(options.enable && { enabled: true }),
    });
    const image = await findImage(context.server, argument);
    const params = { id: image.id };
    const { version } = image;
    const now = await told(context.server('updateImage', { params, body, version }));
    return {
      json: now,
      text: () => `Changed ${now.name}. New sessions leave by: ${networkText(now)}.\n`,
    };
  },
});

export const imageDelete = defineCommand({
  description: 'Deletes an image. Refused while there are sessions of it.',
  argument: IMAGE,
  options: {},
  examples: ['sallyport image delete Chromium'],
  run: async ({ server }, { argument }) => {
    const image = await findImage(server, argument);
    await server('deleteImage', { params: { id: image.id } });
    return { json: image, text: () => `Deleted ${image.name}.\n` };
  },
});

/** The server names the field of its API; here it is a flag. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'widening_unconfirmed') throw error;
    const errors = error.errors.map((one) => ({
      ...one,
      remedy: one.remedy.replace('send `confirmWidening: true`', 'say yes: --confirm-widening'),
    }));
    throw new SallyportError(error.code, error.message, { errors, cause: error });
  }
}
