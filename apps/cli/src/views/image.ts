import type { Image } from '../server/find.ts';
import type { Style } from '../style.ts';
import { renderPairs } from '../table.ts';
import { groupsText, timeText } from './people.ts';

/** By which networks sessions of the image leave. */
export function networkText({ restrictToNetwork, networks, allowNetworkSelection }: Image): string {
  const names = restrictToNetwork ? networks.join(', ') : 'default';
  return allowNetworkSelection ? `${names} (by choice)` : names;
}

/** @param mebibytes of memory */
export function sizeText(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

/** Without arguments, which may be secrets. */
function commandsText({ execConfig }: Image): string {
  const { firstLaunch, everyStart } = execConfig ?? {};
  return [
    firstLaunch && `first launch: ${firstLaunch.command[0]}`,
    everyStart && `every start: ${everyStart.command[0]}`,
  ]
    .filter((text) => text !== undefined)
    .join(', ');
}

/** All of one image; of its environment the names alone, since values may be secrets. */
export function renderImage(
  style: Style,
  image: Image,
  names: ReadonlyMap<string, string>,
): string {
  const { runConfig, environment, volumes } = image;
  const facts = renderPairs(
    [
      ['Description', image.description],
      ['State', image.enabled ? 'enabled' : style('yellow', 'disabled')],
      ['Docker image', image.dockerImage],
      ['Restricted to', image.restrictToNetwork ? image.networks.join(', ') : 'no network'],
      ['Choice', image.allowNetworkSelection ? 'people choose the network' : ''],
      ['Leaves by', EGRESS_TEXT[image.egressMode] ?? image.egressMode],
      ['Groups', groupsText(image.groups, names) || 'everybody'],
      ['Categories', image.categories.join(', ')],
      ['Cores', String(image.cores)],
      ['Memory', `${sizeText(image.memoryMiB)}, shared ${sizeText(image.sharedMemoryMiB)}`],
      ['Processes', String(image.pids)],
      ['GPUs', image.gpus === 0 ? '' : String(image.gpus)],
      ['Commands', commandsText(image)],
      ['Environment', Object.keys(environment).join(', ')],
      ['Volumes', volumes.map(volumeText).join(', ')],
      ['Profile', image.persistentProfile ?? ''],
      ['Time limit', image.sessionTimeLimit === null ? '' : `${image.sessionTimeLimit} s`],
      ['Run config', Object.keys(runConfig).join(', ')],
      ['Wider rights', style('yellow', image.widening.join(', '))],
      ['Picture', image.picture === null ? '' : 'yes'],
      ['Made', timeText(image.createdAt)],
      ['Changed', timeText(image.updatedAt)],
      ['Id', image.id],
    ],
    '  ',
  );
  return `${style('bold', image.name)}\n${facts}\n`;
}

const EGRESS_TEXT: Readonly<Record<string, string>> = {
  network: 'the address of the network',
  own: 'an address of its own for each session',
  choice: 'either, as the user chooses',
};

function volumeText({ source, target, readOnly }: Image['volumes'][number]): string {
  return `${source}:${target}${readOnly ? ':ro' : ''}`;
}
