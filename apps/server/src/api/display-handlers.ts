import type { DISPLAY_ENDPOINTS } from '@sallyport/contract/server/display-endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import type { Displays } from '../desktops/displays.ts';
import { createShare, deleteShare, listShares } from '../desktops/shares.ts';
import type { ShareRow } from '../db/tables.ts';
import type { Caller } from '../people/account.ts';
import { mayDo } from '../sessions/rights.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ServerHandlers } from './contract-types.ts';

/** The ways to desktops: tickets, pictures, links. */
export function displayHandlers(
  sessions: Sessions,
  displays: Displays,
): Pick<ServerHandlers, keyof typeof DISPLAY_ENDPOINTS> {
  const { db, world } = sessions.world;
  /** Links can be seen and ended whatever the session does at the moment. */
  const shared = async (caller: Caller, id: string): Promise<void> => {
    const row = await sessions.find(caller, id);
    if (mayDo(caller, row, 'share')) return;
    throw new SallyportError('forbidden', 'Your groups do not allow you to share it.');
  };
  return {
    createTicket: async ({ caller, params }) => {
      const row = await sessions.find(caller, params.id);
      sessions.allowed(caller, row, 'open');
      return displays.issue(caller, row);
    },
    thumbnail: async ({ caller, params }) => {
      sessions.allowed(caller, await sessions.find(caller, params.id), 'screenshot');
      return displays.picture(params.id);
    },
    listShares: async ({ caller, params }) => {
      await shared(caller, params.id);
      return (await listShares(db, world.now(), params.id)).map(viewShare);
    },
    createShare: async ({ caller, params, body }) => {
      sessions.allowed(caller, await sessions.find(caller, params.id), 'share');
      const wish = { ...body, sessionId: params.id, caller };
      const { share, token } = await createShare(db, world, wish);
      return { ...viewShare(share), url: `/share/${token}` };
    },
    deleteShare: async ({ caller, params }) => {
      await shared(caller, params.id);
      const wish = { id: params.shareId, sessionId: params.id, caller };
      await deleteShare(db, world.now(), wish);
      displays.gateway.cut({ shareId: params.shareId }, 'share-ended');
      return {};
    },
    openShare: ({ body, source }) => displays.openShare(body.token, source),
  };
}

function viewShare({ id, mode, created_at, expires_at }: ShareRow) {
  return { id, mode, createdAt: created_at, expiresAt: expires_at };
}
