import type { ImageDefinition } from '@sallyport/contract/server/images';
import { type SessionCreateInput, sessionCreateSchema } from '@sallyport/contract/sessions';
import type { GroupSettings } from '@sallyport/core/group-settings';

interface WishOptions {
  readonly id: string;
  readonly imageId: string;
  readonly image: ImageDefinition;
  readonly owner: { readonly id: string; readonly name: string };
  readonly network: string;
  readonly ownAddress: boolean;
  readonly settings: GroupSettings;
}

/** Labels by which a lost database is rebuilt from the containers. */
export const LABELS = {
  owner: 'owner',
  ownerName: 'owner-name',
  image: 'image',
  imageName: 'image-name',
} as const;

const MEBIBYTE = 1024 * 1024;

/** Pure: the container that the agent is asked for. The same for the same input, so that asking again is no new wish. */
export function planWish(options: WishOptions): SessionCreateInput {
  const { id, imageId, image, owner, network, ownAddress, settings } = options;
  const {
    environment = {},
    hostname,
    user,
    command,
    devices,
    extraHosts,
    capAdd,
    privileged,
  } = image.runConfig;
  const target = settings.persistentProfile ? image.persistentProfile : null;
  return {
    id,
    image: image.dockerImage,
    network,
    ...(ownAddress && { ownAddress }),
    environment: { ...image.environment, ...environment },
    ...(hostname !== undefined && { hostname }),
    ...(user !== undefined && { user }),
    ...(command !== undefined && { command }),
    cores: image.cores,
    memoryBytes: image.memoryMiB * MEBIBYTE,
    sharedMemoryBytes: image.sharedMemoryMiB * MEBIBYTE,
    pids: image.pids,
    volumes: image.volumes,
    ...(target !== null && {
      profile: { volume: `sallyport-profile-${owner.id}-${imageId}`, target },
    }),
    ...(devices !== undefined && { devices }),
    ...(image.gpus > 0 && { gpus: image.gpus }),
    ...(image.execConfig !== null && { launch: image.execConfig }),
    ...(capAdd !== undefined && { capabilities: capAdd }),
    ...(privileged !== undefined && { privileged }),
    ...(extraHosts !== undefined && { extraHosts }),
    // What the owner may not have is off in the desktop itself; the gateway decides for each viewer besides.
    display: {
      kind: 'vnc',
      clipboardIn: settings.clipboardIn,
      clipboardOut: settings.clipboardOut,
    },
    labels: {
      [LABELS.owner]: owner.id,
      [LABELS.ownerName]: owner.name,
      [LABELS.image]: imageId,
      [LABELS.imageName]: image.name,
    },
  };
}

/** The wish as it was kept. */
export function readWish(text: string): SessionCreateInput {
  return sessionCreateSchema.parse(JSON.parse(text));
}
