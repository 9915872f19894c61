import type { IMAGE_ENDPOINTS } from '@sallyport/contract/server/image-endpoints';
import type { Db } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { viewImage } from '../images/definition.ts';
import { createImage, deleteImage, listImages, showImage, updateImage } from '../images/images.ts';
import { type LaunchWorld, launchable, networksNow } from '../images/launchable.ts';
import type { ServerHandlers } from './contract-types.ts';
import { pageOf } from './views.ts';

interface ImageServices extends LaunchWorld {
  readonly db: Db;
  readonly world: World;
}

export function imageHandlers({
  db,
  world,
  ...launch
}: ImageServices): Pick<ServerHandlers, keyof typeof IMAGE_ENDPOINTS> {
  /** Asked only where a wish names networks: images can be changed while no agent is there. */
  const namesOf = async (wanted: readonly string[] | undefined, actor: string) => {
    if (wanted === undefined || wanted.length === 0) return null;
    const { networks } = await networksNow(launch.agent, actor);
    return networks === null ? null : new Set(networks.keys());
  };
  return {
    listImages: async ({ query: { cursor, limit } }) =>
      pageOf(await listImages(db, { cursor, limit: limit + 1 }), limit, {
        view: viewImage,
        cursorOf: ({ id }) => id,
      }),
    createImage: async ({ body, caller }) => {
      const networks = await namesOf(body.networks, caller.actor.name);
      return viewImage(await createImage(db, world, { wish: body, caller, networks }));
    },
    showImage: async ({ params }) => viewImage(await showImage(db, params.id)),
    updateImage: async ({ params, body, version, caller }) => {
      const networks = await namesOf(body.networks, caller.actor.name);
      const change = { id: params.id, version, wish: body, caller, networks };
      return viewImage(await updateImage(db, world, change));
    },
    deleteImage: async ({ params, caller }) => {
      await deleteImage(db, world, { id: params.id, caller });
      return {};
    },
    hostImages: ({ caller }) => launch.agent.as(caller.actor.name)('listImages', {}),
    launchable: ({ caller }) => launchable(db, caller, launch),
  };
}
