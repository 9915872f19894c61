import { SallyportError } from '@sallyport/contract/errors';
import { sessionCreateSchema } from '@sallyport/contract/sessions';
import type { SessionContainer, SessionContainers } from '../ports/sessions.ts';
import { LAUNCH_LABEL } from './labels.ts';

const launchSchema = sessionCreateSchema.shape.launch.unwrap();
type Launch = ReturnType<typeof launchSchema.parse>;
type Which = keyof Launch;

/** The commands that a session was made with. */
function launchOf({ labels }: SessionContainer): Launch {
  const text = labels[LAUNCH_LABEL] ?? '';
  return text === '' ? {} : launchSchema.parse(JSON.parse(text));
}

/**
 * Runs the commands of a session. That of the first launch is marked when it has ended well: an agent that
 * was killed before runs it again, so that it is never left out.
 * @returns those that were run
 * @throws SallyportError `session_launch_failed`, `session_state`
 */
export async function launchSession(
  containers: SessionContainers,
  id: string,
  { container, signal }: { readonly container: SessionContainer; readonly signal: AbortSignal },
): Promise<Which[]> {
  const { firstLaunch, everyStart } = launchOf(container);
  const ran: Which[] = [];
  if (firstLaunch !== undefined && !(await containers.isLaunched(id))) {
    await runCommand(containers, id, { which: 'firstLaunch', ...firstLaunch, signal });
    await containers.markLaunched(id);
    ran.push('firstLaunch');
  }
  if (everyStart !== undefined) {
    await runCommand(containers, id, { which: 'everyStart', ...everyStart, signal });
    ran.push('everyStart');
  }
  return ran;
}

interface Command {
  readonly which: Which;
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

async function runCommand(
  containers: SessionContainers,
  id: string,
  { which, command, timeoutSeconds, signal }: Command,
): Promise<void> {
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  const failed = (how: string, cause?: unknown): SallyportError =>
    new SallyportError('session_launch_failed', `The command ${which} of the session ${how}.`, {
      remedy: 'Correct `execConfig` of the image; try the command in a session first.',
      cause,
    });
  let exitCode: number;
  try {
    exitCode = await containers.exec(id, command, AbortSignal.any([signal, late]));
  } catch (error) {
    if (late.aborted) throw failed(`did not end within ${timeoutSeconds} seconds`, error);
    if (!(error instanceof SallyportError) || error.code !== 'docker_refused') throw error;
    throw failed(`could not be run: ${error.message}`, error);
  }
  if (exitCode !== 0) throw failed(`ended with exit code ${exitCode}`);
}
