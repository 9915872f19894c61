import { once } from 'node:events';
import { createServer } from 'node:net';
import { SallyportError } from '@sallyport/contract/errors';

/**
 * An abstract unix socket (unix(7)) belongs to the network namespace, as the agent's work does, and the
 * kernel takes it back when its process dies: a lock that can't be left behind.
 */
const LOCK_NAME = '\0sallyport/agent';

export interface AgentLock {
  release(): void;
}

/** @throws SallyportError `agent_running` */
export async function acquireAgentLock(): Promise<AgentLock> {
  const server = createServer((socket) => socket.destroy());
  server.listen(LOCK_NAME);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new SallyportError('agent_running', 'An agent runs already in this network namespace.', {
      remedy: 'Stop it first: systemctl stop sallyport-agent, or end its process.',
    });
  }
  server.unref();
  return { release: () => server.close() };
}
