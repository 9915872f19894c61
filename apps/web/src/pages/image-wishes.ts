import type { ImageView } from '@sallyport/contract/server/images';
import type { CallInput } from '../api/call.ts';
import { readJsonObject } from '../parts/json-field.tsx';

/** What the form holds: JSON fields as the text that somebody is writing. */
export interface ImageWishes {
  readonly name: string;
  readonly description: string;
  readonly dockerImage: string;
  readonly enabled: boolean;
  readonly categories: string[];
  readonly cores: number;
  readonly memoryMiB: number;
  readonly sharedMemoryMiB: number;
  readonly pids: number;
  readonly environment: string;
  readonly runConfig: string;
  readonly persistentProfile: string;
  readonly sessionTimeLimit: number | null;
  readonly restrictToNetwork: boolean;
  readonly networks: string[];
  readonly allowNetworkSelection: boolean;
  readonly egressMode: ImageView['egressMode'];
  readonly groups: string[];
  readonly confirmWidening: boolean;
}

const NEW: ImageWishes = {
  name: '',
  description: '',
  dockerImage: '',
  enabled: true,
  categories: [],
  cores: 2,
  memoryMiB: 2048,
  sharedMemoryMiB: 512,
  pids: 1024,
  environment: '{}',
  runConfig: '{}',
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
    persistentProfile: image.persistentProfile ?? '',
    confirmWidening: false,
  };
}

/** The body of the request; null: a JSON field holds no object. */
export function renderWishes(wishes: ImageWishes): CallInput<'createImage'>['body'] | null {
  const environment = readJsonObject(wishes.environment);
  const runConfig = readJsonObject(wishes.runConfig);
  if (environment === null || runConfig === null) return null;
  return {
    name: wishes.name,
    description: wishes.description,
    dockerImage: wishes.dockerImage,
    enabled: wishes.enabled,
    categories: wishes.categories,
    cores: wishes.cores,
    memoryMiB: wishes.memoryMiB,
    sharedMemoryMiB: wishes.sharedMemoryMiB,
    pids: wishes.pids,
    // The server names what is wrong in it.
    environment: environment as Record<string, string>,
    runConfig,
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
