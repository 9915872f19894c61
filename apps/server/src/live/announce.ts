import type { SiteChange } from '@sallyport/contract/server/change-endpoints';
import type { LiveEvent } from '@sallyport/contract/server/live-endpoints';
import type { ServerHandlers } from '../api/contract-types.ts';
import type { Live } from './live.ts';

/** The same handlers, which tell of what they have changed. Sessions tell of themselves. */
export function announcing(handlers: ServerHandlers, live: Live): ServerHandlers {
  const tell = (kind: LiveEvent['kind'], change: LiveEvent['change'], id: string): void =>
    live.publish({ kind, id, change });
  return {
    ...handlers,
    createUser: after(handlers.createUser, (_, { id }) => tell('user', 'created', id)),
    updateUser: after(handlers.updateUser, (_, { id }) => tell('user', 'updated', id)),
    deleteUser: after(handlers.deleteUser, ({ params }) => tell('user', 'deleted', params.id)),
    createGroup: after(handlers.createGroup, (_, { id }) => tell('group', 'created', id)),
    updateGroup: after(handlers.updateGroup, (_, { id }) => tell('group', 'updated', id)),
    deleteGroup: after(handlers.deleteGroup, ({ params }) => tell('group', 'deleted', params.id)),
    createImage: after(handlers.createImage, (_, { id }) => tell('image', 'created', id)),
    updateImage: after(handlers.updateImage, (_, { id }) => tell('image', 'updated', id)),
    deleteImage: after(handlers.deleteImage, ({ params }) => tell('image', 'deleted', params.id)),
    createNetwork: after(handlers.createNetwork, ({ body }) =>
      tell('network', 'created', body.name),
    ),
    updateNetwork: after(handlers.updateNetwork, ({ params }) =>
      tell('network', 'updated', params.name),
    ),
    adoptNetwork: after(handlers.adoptNetwork, ({ params }) =>
      tell('network', 'created', params.name),
    ),
    deleteNetwork: after(handlers.deleteNetwork, ({ params }) =>
      tell('network', 'deleted', params.name),
    ),
    changeTogether: after(handlers.changeTogether, ({ body }, { ids }) => {
      if (body.dryRun) return;
      for (const [index, { endpoint }] of body.changes.entries()) {
        const [kind, change] = TOGETHER[endpoint];
        tell(kind, change, ids[index] ?? '');
      }
    }),
    applyNetworks: after(handlers.applyNetworks, ({ body }, { changes }) => {
      if (body.dryRun) return;
      for (const { action, network } of changes) {
        const change = APPLIED[action];
        if (change !== undefined) tell('network', change, network);
      }
    }),
  };
}

const TOGETHER: Readonly<
  Record<SiteChange['endpoint'], readonly [kind: LiveEvent['kind'], change: LiveEvent['change']]>
> = {
  createGroup: ['group', 'created'],
  updateGroup: ['group', 'updated'],
  deleteGroup: ['group', 'deleted'],
  createImage: ['image', 'created'],
  updateImage: ['image', 'updated'],
  deleteImage: ['image', 'deleted'],
  createUser: ['user', 'created'],
  updateUser: ['user', 'updated'],
  deleteUser: ['user', 'deleted'],
};

const APPLIED: Readonly<Record<string, LiveEvent['change'] | undefined>> = {
  create: 'created',
  adopt: 'created',
  update: 'updated',
  delete: 'deleted',
};

function after<I, O>(
  handle: (input: I) => Promise<O>,
  told: (input: I, answer: O) => void,
): (input: I) => Promise<O> {
  return async (input) => {
    const answer = await handle(input);
    told(input, answer);
    return answer;
  };
}
