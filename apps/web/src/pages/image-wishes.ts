import type { ImageView } from '@sallyport/contract/server/images';
import type { CallInput } from '../api/call.ts';
import { readJsonObject } from '../parts/json-field.tsx';

/** What the form holds: JSON fields as the text that somebody is writing. */
export interface ImageWishes {
  readonly name: string;
  readonly description: string;
  readonly picture: string | null;
  readonly dockerImage: string;
  readonly enabled: boolean;
  readonly categories: string[];
  readonly cores: number;
  readonly memoryMiB: number;
  readonly sharedMemoryMiB: number;
  readonly pids: number;
  readonly gpus: number;
  readonly environment: string;
  readonly runConfig: string;
  readonly execConfig: string;
  readonly volumes: readonly ImageView['volumes'][number][];
  readonly persistentProfile: string;
  readonly sessionTimeLimit: number | null;
  readonly restrictToNetwork: boolean;
  readonly networks: string[];
  readonly allowNetworkSelection: boolean;
  readonly egressMode: ImageView['egressMode'];
  readonly groups: string[];
  readonly confirmWidening: boolean;
}

/** What each part of the form is given. */
export interface FormPart {
  readonly wishes: ImageWishes;
  readonly set: (part: Partial<ImageWishes>) => void;
  /** What the server has refused at a field. */
  readonly wrong: (field: string) => string | undefined;
}

/** Names in the two configurations; one that the contract gains or loses does not compile. */
export const RUN_CONFIG = Object.keys({
  hostname: true,
  user: true,
  environment: true,
  devices: true,
  extraHosts: true,
  capAdd: true,
  privileged: true,
  command: true,
} satisfies Record<keyof ImageView['runConfig'], true>);
export const EXEC_CONFIG = Object.keys({
  firstLaunch: true,
  everyStart: true,
} satisfies Record<keyof NonNullable<ImageView['execConfig']>, true>);

const NEW: ImageWishes = {
  name: '',
  description: '',
  picture: null,
  dockerImage: '',
  enabled: true,
  categories: [],
  cores: 2,
  memoryMiB: 2048,
  sharedMemoryMiB: 512,
  pids: 1024,
  gpus: 0,
  environment: '{}',
  runConfig: '{}',
  execConfig: '{}',
  volumes: [],
  persistentProfile: '',
  sessionTimeLimit: null,
  restrictToNetwork: false,
  networks: [],
  allowNetworkSelection: false,
  egressMode: 'network',
  groups: [],
  confirmWidening: false,
};

/** What the form begins with. @param image null: a new one */
export function wishesOf(image: ImageView | null): ImageWishes {
  if (image === null) return NEW;
  return {
    ...image,
    environment: JSON.stringify(image.environment, null, 2),
    runConfig: JSON.stringify(image.runConfig, null, 2),
    execConfig: JSON.stringify(image.execConfig ?? {}, null, 2),
    persistentProfile: image.persistentProfile ?? '',
    confirmWidening: false,
  };
}

/** What is wrong at a field or within it, with the way there. Pure. */
export function wrongAt(
  errors: readonly { readonly field: string; readonly message: string }[],
  field: string,
): string | undefined {
  const found = errors.find(
    (one) => one.field.startsWith(field) && /^([.[]|$)/.test(one.field.slice(field.length)),
  );
  if (found === undefined) return undefined;
  const within = found.field.slice(field.length).replace(/^\./, '');
  return within === '' ? found.message : `${within} ${found.message}`;
}

/** The body of the request; null: a JSON field holds no object. */
export function renderWishes(wishes: ImageWishes): CallInput<'createImage'>['body'] | null {
  const environment = readJsonObject(wishes.environment);
  const runConfig = readJsonObject(wishes.runConfig, RUN_CONFIG);
  const execConfig = readJsonObject(wishes.execConfig, EXEC_CONFIG);
  if (environment === null || runConfig === null || execConfig === null) return null;
  return {
    name: wishes.name,
    description: wishes.description,
    picture: wishes.picture,
    dockerImage: wishes.dockerImage,
    enabled: wishes.enabled,
    categories: wishes.categories,
    cores: wishes.cores,
    memoryMiB: wishes.memoryMiB,
    sharedMemoryMiB: wishes.sharedMemoryMiB,
    pids: wishes.pids,
    gpus: wishes.gpus,
    volumes: [...wishes.volumes],
    // The server names what is wrong within these three.
    environment: environment as Record<string, string>,
    runConfig,
    execConfig: Object.keys(execConfig).length === 0 ? null : execConfig,
    persistentProfile: wishes.persistentProfile === '' ? null : wishes.persistentProfile,
    sessionTimeLimit: wishes.sessionTimeLimit,
    restrictToNetwork: wishes.restrictToNetwork,
    networks: wishes.networks,
    allowNetworkSelection: wishes.allowNetworkSelection,
    egressMode: wishes.egressMode,
    groups: wishes.groups,
    confirmWidening: wishes.confirmWidening,
  };
}
