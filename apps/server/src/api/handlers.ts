import { SallyportError } from '@sallyport/contract/errors';
import type { Setting } from '@sallyport/contract/settings';
import { OIDC_PATH } from '@sallyport/contract/server/pages';
import { searchAudit, verifyAudit } from '../audit/audit-log.ts';
import { type Db, pingDatabase } from '../db/open-database.ts';
import type { World } from '../ids.ts';
import { createGroup, deleteGroup, listGroups, showGroup, updateGroup } from '../people/groups.ts';
import { createUser, deleteUser, listUsers, showUser, updateUser } from '../people/users.ts';
import type { AgentLink } from '../agent/agent-link.ts';
import type { OidcClient } from '../auth/oidc/oidc-client.ts';
import { createAgentProbe } from '../agent/agent-probe.ts';
import { everybodysLimits } from '../settings/everybodys-limits.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { announcing } from '../live/announce.ts';
import type { Live } from '../live/live.ts';
import { visibleEvents } from '../live/visible.ts';
import type { Displays } from '../desktops/displays.ts';
import { afterRevoking } from './afterwards.ts';
import { changeTogether } from './change-together.ts';
import type { ServerHandlers } from './contract-types.ts';
import { displayHandlers } from './display-handlers.ts';
import { imageHandlers } from './image-handlers.ts';
import { networkHandlers } from './network-handlers.ts';
import { ownAccountHandlers } from './own-account.ts';
import { sessionHandlers } from './session-handlers.ts';
import { pageOf, viewAuditEntry, viewGroup, viewUser } from './views.ts';

interface Services {
  readonly agent: AgentLink;
  readonly sessions: Sessions;
  readonly displays: Displays;
  readonly live: Live;
  readonly oidc: OidcClient | null;
  readonly settings: readonly Setting[];
}

/** Which service answers which endpoint. */
export function createHandlers(
  db: Db,
  world: World,
  { agent, sessions, displays, live, oidc, settings }: Services,
): ServerHandlers {
  const { defaultNetwork } = sessions.world;
  const probeAgent = createAgentProbe(agent, world.now);
  const handlers: ServerHandlers = {
    ...ownAccountHandlers(db, world),
    ...imageHandlers({ db, world, agent, defaultNetwork }),
    ...sessionHandlers(sessions),
    ...displayHandlers(sessions, displays),
    ...networkHandlers({ db, world, agent }),
    settings: async () => [...settings, ...(await everybodysLimits(db))],
    hostSettings: ({ caller }) => agent.as(caller.actor.name)('settings', {}),
    changeTogether: async ({ body, caller }) => {
      const ids = await changeTogether({ db, world, agent }, caller, body);
      return { ids: [...ids], applied: !body.dryRun };
    },
    liveEvents: async ({ lastEventId, callerNow }) =>
      live.follow({
        lastEventId,
        visible: async (events) => {
          const caller = await callerNow();
          return caller && visibleEvents(db, caller, events);
        },
      }),
    signInOptions: async () => ({
      password: true,
      oidc: oidc && { name: oidc.config.name, path: OIDC_PATH },
    }),
    health: async () => ({ status: 'ok' }),
    readiness: async () => {
      try {
        await pingDatabase(db);
      } catch (error) {
        throw new SallyportError('server_not_ready', 'The database does not answer.', {
          cause: error,
        });
      }
      return { status: 'ok', agent: await probeAgent() };
    },
    listUsers: async ({ query: { cursor, limit } }) =>
      pageOf(await listUsers(db, { cursor, limit: limit + 1 }), limit, {
        view: viewUser,
        cursorOf: ({ user }) => user.id,
      }),
    createUser: async ({ body, caller }) =>
      viewUser(await createUser(db, world, { wish: body, caller })),
    showUser: async ({ params }) => viewUser(await showUser(db, params.id)),
    updateUser: async ({ params, body, version, caller }) =>
      viewUser(await updateUser(db, world, { id: params.id, version, wish: body, caller })),
    deleteUser: async ({ params, caller }) => {
      await deleteUser(db, world, { id: params.id, caller });
      return {};
    },
    listGroups: async ({ query: { cursor, limit } }) =>
      pageOf(await listGroups(db, { cursor, limit: limit + 1 }), limit, {
        view: viewGroup,
        cursorOf: ({ id }) => id,
      }),
    createGroup: async ({ body, caller }) =>
      viewGroup(await createGroup(db, world, { wish: body, caller })),
    showGroup: async ({ params }) => viewGroup(await showGroup(db, params.id)),
    updateGroup: async ({ params, body, version, caller }) =>
      viewGroup(await updateGroup(db, world, { id: params.id, version, wish: body, caller })),
    deleteGroup: async ({ params, caller }) => {
      await deleteGroup(db, world, { id: params.id, caller });
      return {};
    },
    audit: async ({ query: { cursor, limit, ...rest } }) =>
      pageOf(await searchAudit(db, { ...rest, before: cursor, limit: limit + 1 }), limit, {
        view: viewAuditEntry,
        cursorOf: ({ seq }) => seq,
      }),
    verifyAudit: ({ query }) => verifyAudit(db, query.head ?? null),
  };
  return afterRevoking(announcing(handlers, live), async () => {
    live.recheck();
    await displays.recheck();
  });
}
