import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  type imageCreateSchema,
  imageSchema,
  type imageUpdateSchema,
} from '@sallyport/contract/server/images';
import { parse } from 'yaml';
import type * as z from 'zod';
import type { Context, OptionSpec } from '../command.ts';
import { badInput } from '../show-error.ts';
import { listGroups, pickGroup } from './find.ts';
import type { ServerClient } from '@sallyport/contract/client';

const EGRESS_MODES: readonly string[] = imageSchema.shape.egressMode.options;

/** Options that make an image, and how they become fields of the contract. */
export const IMAGE_OPTIONS = {
  description: { value: 'TEXT', summary: 'What it is for' },
  picture: { value: 'FILE', summary: 'PNG, JPEG or WebP of at most 200 kB; none', offer: 'file' },
  category: {
    value: 'TEXT',
    summary: 'What it is shown under, may be given several times; none',
    repeat: true,
  },
  cores: { value: 'N', summary: 'Processor cores, such as 2 or 0.5 (default 2)' },
  memory: { value: 'SIZE', summary: 'Memory in MiB, or as 4g (default 2048)' },
  'shared-memory': { value: 'SIZE', summary: 'For /dev/shm (default 512)' },
  pids: { value: 'N', summary: 'Processes and threads (default 1024)' },
  gpus: { value: 'N', summary: 'GPUs, as many as the agent allows (default 0)' },
  env: {
    value: 'KEY=VALUE',
    summary: 'Environment, may be given several times; none',
    repeat: true,
  },
  'env-file': {
    value: 'FILE',
    summary: 'Lines of KEY=VALUE, for secrets; - reads standard input',
    offer: 'file',
  },
  'run-config': {
    value: 'FILE',
    summary: 'How the container runs, as YAML or JSON; - reads standard input; none',
    offer: 'file',
  },
  'exec-config': {
    value: 'FILE',
    summary: 'Commands of the first launch and of every start, as YAML or JSON; none',
    offer: 'file',
  },
  volume: {
    value: 'SOURCE:TARGET[:ro]',
    summary: 'Folder of the host, may be given several times; none',
    repeat: true,
  },
  'persistent-profile': { value: 'PATH', summary: 'Folder that outlives a session; none' },
  'session-time-limit': { value: 'SECONDS', summary: 'From start to end; none' },
  'restrict-to-network': {
    value: 'NETWORK',
    summary:
      'Sessions leave by this network only, may be given several times; none: no restriction',
    repeat: true,
    offer: 'network',
  },
  'allow-network-selection': {
    summary: 'People choose among the networks when they start a session',
  },
  'egress-mode': {
    value: 'MODE',
    summary: 'By which address sessions leave; network: by that of the network (default)',
    offer: EGRESS_MODES,
  },
  group: {
    value: 'GROUP',
    summary: 'Who may use it, may be given several times; none: everybody (default)',
    repeat: true,
    offer: 'group',
  },
  'confirm-widening': {
    summary:
      'Yes to rights beyond the usual: privileged, capabilities, devices, GPUs, volumes, root',
  },
} as const satisfies Record<string, OptionSpec>;

/** How fields were typed. */
export const IMAGE_FIELDS = {
  name: 'NAME',
  description: '--description',
  picture: '--picture',
  dockerImage: '--docker-image',
  categories: '--category',
  cores: '--cores',
  memoryMiB: '--memory',
  sharedMemoryMiB: '--shared-memory',
  pids: '--pids',
  gpus: '--gpus',
  environment: '--env',
  runConfig: '--run-config',
  execConfig: '--exec-config',
  volumes: '--volume',
  persistentProfile: '--persistent-profile',
  sessionTimeLimit: '--session-time-limit',
  restrictToNetwork: '--restrict-to-network',
  networks: '--restrict-to-network',
  allowNetworkSelection: '--allow-network-selection',
  egressMode: '--egress-mode',
  groups: '--group',
} as const;

type Specs = typeof IMAGE_OPTIONS;
type Values = {
  readonly [K in keyof Specs]: Specs[K] extends { readonly repeat: true }
    ? readonly string[]
    : Specs[K] extends { readonly value: string }
      ? string | undefined
      : boolean;
};

/** Only what was given; checked afterwards by the contract's schema. @throws SallyportError `invalid_input` */
export async function imageFields(context: Context, options: Values) {
  const restricted = listOf(options['restrict-to-network']);
  const texts = {
    description: options.description,
    egressMode: options['egress-mode'],
    persistentProfile: orNull(options['persistent-profile']),
    cores: numberOf(options.cores),
    pids: numberOf(options.pids),
    gpus: numberOf(options.gpus),
    sessionTimeLimit: numberOf(orNull(options['session-time-limit'])),
    memoryMiB: mebibytes(options.memory),
    sharedMemoryMiB: mebibytes(options['shared-memory']),
    picture: await readPicture(options.picture),
    runConfig: await readObject(context, { flag: '--run-config', none: {} }, options['run-config']),
    execConfig: await readObject(
      context,
      { flag: '--exec-config', none: null },
      options['exec-config'],
    ),
    categories: listOf(options.category),
    volumes: listOf(options.volume)?.map(volumeOf),
    environment: await readEnvironment(context, options),
    groups: await groupIds(context.server, listOf(options.group)),
    ...(restricted !== undefined && {
      restrictToNetwork: restricted.length > 0,
      networks: restricted,
    }),
    ...(options['allow-network-selection'] && { allowNetworkSelection: true }),
  };
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as Partial<z.input<typeof imageCreateSchema>> &
      z.input<typeof imageUpdateSchema>),
    confirmWidening: options['confirm-widening'],
  };
}

/** Undefined: not given. `none` alone is the empty list. */
function listOf(words: readonly string[]): readonly string[] | undefined {
  if (words.length === 0) return undefined;
  return words.length === 1 && words[0] === 'none' ? [] : words;
}

function orNull(text: string | undefined): string | null | undefined {
  return text === 'none' ? null : text;
}

/** What is no number is left to the schema, which says so. */
function numberOf(text: string | null | undefined): number | string | null | undefined {
  return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function mebibytes(text: string | undefined): number | string | undefined {
  const [, digits, unit = 'm'] = /^(\d{1,9})(m|g|mib|gib)?$/i.exec(text ?? '') ?? [];
  if (digits === undefined) return text;
  return Number(digits) * (unit.toLowerCase().startsWith('g') ? 1024 : 1);
}

const PICTURE_TYPES: Readonly<Record<string, string>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

async function readPicture(file: string | undefined): Promise<string | null | undefined> {
  if (file === undefined) return undefined;
  if (file === 'none') return null;
  const type = PICTURE_TYPES[extname(file).toLowerCase()];
  if (type === undefined) {
    throw badInput('--picture', file, {
      message: 'is no PNG, JPEG or WebP by its name',
      remedy: 'name a file that ends with .png, .jpg or .webp',
    });
  }
  const bytes = await readBytes('--picture', file);
  return `data:image/${type};base64,${bytes.toString('base64')}`;
}

async function readObject(
  context: Context,
  { flag, none }: { readonly flag: string; readonly none: unknown },
  file: string | undefined,
): Promise<unknown> {
  if (file === undefined) return undefined;
  if (file === 'none') return none;
  const text = await readText(context, flag, file);
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw badInput(flag, file, {
      message: `is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`,
      remedy: 'correct the file',
    });
  }
}

async function readEnvironment(
  context: Context,
  { env, 'env-file': file }: Pick<Values, 'env' | 'env-file'>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const words = listOf(env);
  if (words === undefined && file === undefined) return undefined;
  const text = file === undefined ? '' : await readText(context, '--env-file', file);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries([
    ...lines.map((line) => pairOf('--env-file', line)),
    ...(words ?? []).map((word) => pairOf('--env', word)),
  ]);
}

/** The value is not told when it is wrong: it may be a secret. */
function pairOf(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw badInput(flag, undefined, {
    message: 'has an entry without KEY=',
    remedy: 'give KEY=VALUE',
  });
}

function volumeOf(text: string) {
  const [source = '', target, mode = 'rw', ...more] = text.split(':');
  if (target !== undefined && (mode === 'ro' || mode === 'rw') && more.length === 0) {
    return { source, target, readOnly: mode === 'ro' };
  }
  throw badInput('--volume', text, {
    message: 'is no volume',
    remedy: 'give SOURCE:TARGET or SOURCE:TARGET:ro',
  });
}

async function groupIds(
  server: ServerClient,
  names: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (names === undefined || names.length === 0) return names;
  const groups = await listGroups(server);
  return names.map((name) => pickGroup(groups, name).id);
}

async function readText(context: Context, flag: string, file: string): Promise<string> {
  return file === '-' ? context.readStdin() : (await readBytes(flag, file)).toString('utf8');
}

async function readBytes(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw badInput(flag, file, {
      message: `can not be read: ${(error as Error).message}`,
      remedy: 'name a file that you can read',
    });
  }
}
