import type { CallOutput } from '@sallyport/contract/client';
import { toProblem } from '@sallyport/contract/errors';
import type { SESSION_ENDPOINTS } from '@sallyport/contract/session-endpoints';
import type { PullStep } from '../ports/sessions.ts';
import type { SessionService } from '../sessions/service.ts';
import type { SessionVerifier } from '../sessions/verify-session.ts';
import type { Handlers } from './server.ts';

/** Who answers the endpoints of sessions and images. */
export function sessionHandlers(
  sessions: SessionService,
  verifier: SessionVerifier,
): Pick<Handlers, keyof typeof SESSION_ENDPOINTS> {
  return {
    listSessions: () => sessions.list(),
    createSession: ({ body }) => sessions.create(body),
    showSession: ({ params }) => sessions.show(params.id),
    launchSession: ({ params, signal }) => sessions.launch(params.id, signal),
    startSession: ({ params }) => sessions.start(params.id),
    stopSession: ({ params }) => sessions.stop(params.id),
    pauseSession: ({ params }) => sessions.pause(params.id),
    resumeSession: ({ params }) => sessions.resume(params.id),
    deleteSession: ({ params, query }) => sessions.delete(params.id, query.profile),
    sessionLogs: ({ params, query }) => sessions.logs(params.id, query.lines),
    verifySession: ({ params, signal }) => verifier.verify(params.id, signal),
    listImages: () => sessions.images(),
    pullImage: ({ body, signal }) => pullLines(sessions.pull(body, signal)),
  };
}

/** The head is sent already when Docker refuses, so that a refusal is the last line. */
async function* pullLines(
  steps: AsyncGenerator<PullStep, string>,
): AsyncIterable<CallOutput<'pullImage'>> {
  try {
    let next = await steps.next();
    for (; next.done !== true; next = await steps.next()) {
      const { layer, status, percent } = next.value;
      yield { ...(layer !== null && { layer }), status, percent };
    }
    yield { done: true, id: next.value };
  } catch (error) {
    yield toProblem(error);
  }
}
