import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '@sallyport/lab/lab';

/** The one entry of the product, as a visitor starts it. */
export const SALLYPORT = join(import.meta.dirname, '..', '..', 'bin', 'sallyport');

const START_MS = 20_000;

/** An agent in the lab's host, and the command line that speaks to it. */
export interface HostAgent {
  /** Runs `sallyport ARGS`; answers its output and exit code. */
  sallyport(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly output: string }>;
}

/** Starts the agent and waits until it answers. @throws Error with its log when it does not */
export async function startAgent(lab: Lab, signal: AbortSignal): Promise<HostAgent> {
  const { runDir, dataDir } = lab.layout;
  const config = join(runDir, 'agent.yaml');
  const env = {
    SALLYPORT_AGENT_SOCKET: join(runDir, 'agent.sock'),
    SALLYPORT_STATE_DIR: join(dataDir, 'sallyport'),
  };
  await writeFile(config, CONFIG);
  const agent = await lab.host.spawn(SALLYPORT, ['agent', 'run', '--config', config], {
    role: 'agent',
    env,
  });
  const sallyport: HostAgent['sallyport'] = async (...args) => {
    const { code, stdout, stderr } = await lab.host.tryExec(SALLYPORT, args, { env });
    return { code, output: `${stdout}${stderr}` };
  };
  const end = Date.now() + START_MS;
  while ((await sallyport('network', 'list', '--json')).code !== 0) {
    signal.throwIfAborted();
    if (Date.now() > end)
      throw new Error(`the agent did not start:\n${await readFile(agent.logFile, 'utf8')}`);
    await sleep(100);
  }
  return { sallyport };
}

/** The lab's machine beyond the host answers all of these. */
const CONFIG = `echo:
  - http://198.51.100.10/
  - stun://198.51.100.10
  - dns://198.51.100.10/whoami.lab.test?type=TXT
dns:
  - 198.51.100.10
`;
