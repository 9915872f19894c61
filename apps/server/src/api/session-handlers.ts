import type { SESSION_ENDPOINTS } from '@sallyport/contract/server/session-endpoints';
import type { Sessions } from '../sessions/sessions.ts';
import type { ServerHandlers } from './contract-types.ts';
import { pageOf } from './views.ts';

/** Desktops of people. */
export function sessionHandlers(
  sessions: Sessions,
): Pick<ServerHandlers, keyof typeof SESSION_ENDPOINTS> {
  return {
    listSessions: async ({ caller, query: { limit, all, ...query } }) => {
      const rows = await sessions.list(caller, { ...query, all: all === 'true', limit: limit + 1 });
      return pageOf(rows, limit, { view: (view) => view, cursorOf: ({ id }) => id });
    },
    startSession: ({ caller, body }) => sessions.request(caller, body),
    showSession: ({ caller, params }) => sessions.show(caller, params.id),
    pauseSession: ({ caller, params }) => sessions.act(caller, { id: params.id, action: 'pause' }),
    resumeSession: ({ caller, params }) =>
      sessions.act(caller, { id: params.id, action: 'resume' }),
    stopSession: ({ caller, params }) => sessions.act(caller, { id: params.id, action: 'stop' }),
    resumeStopped: ({ caller, params }) => sessions.act(caller, { id: params.id, action: 'start' }),
    deleteSession: ({ caller, params, query }) =>
      sessions.act(caller, { id: params.id, action: 'delete', profile: query.profile }),
    keepalive: ({ caller, params }) => sessions.keepalive(caller, params.id),
    verifySession: ({ caller, params }) => sessions.verifyFor(caller, params.id),
    sessionLogs: ({ caller, params, query }) => sessions.logs(caller, params.id, query.lines),
  };
}
