import { chown, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '@sallyport/contract/errors';
import type { Context } from '../command.ts';
import { type Part, startPart } from './child.ts';

interface AgentPlace {
  readonly socket: string;
  readonly stateDir: string;
  readonly logFile: string;
  /** Its configuration; without one that of the host, if there is one. */
  readonly config: string | undefined;
  /** The group that may open the socket. */
  readonly gid: number;
}

const PATIENCE_MS = 60_000;

/**
 * Starts the agent, and waits until it answers.
 * @returns null: one runs already, and stays
 * @throws SallyportError `host_refused` with its last words
 */
export async function startAgent(
  { call }: Pick<Context, 'call'>,
  { socket, stateDir, logFile, config, gid }: AgentPlace,
): Promise<Part | null> {
  if (await answers(call)) {
    // Made by an agent that knew nothing of the server's group.
    if ((await stat(socket)).gid !== gid) await chown(socket, 0, gid);
    return null;
  }
  const named = config === undefined ? [] : ['--config', config];
  const args = ['agent', 'run', '--socket', socket, '--state-dir', stateDir, ...named];
  const agent = await startPart({ args, logFile, gid });
  agent.stdout.resume();
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await answers(call))) {
    if (agent.running() && performance.now() < deadline) {
      await sleep(100);
      continue;
    }
    await agent.stop();
    throw new SallyportError('host_refused', 'The agent did not start.', {
      remedy: `It said:\n${await agent.lastWords()}`,
    });
  }
  return agent;
}

/** One that can't read its host answers too, and says so with a code of the contract. */
async function answers(call: Context['call']): Promise<boolean> {
  try {
    await call('host', {});
    return true;
  } catch (error) {
    return error instanceof SallyportError && error.code !== 'agent_unreachable';
  }
}
