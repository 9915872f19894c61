import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AgentConfig } from './config.ts';
import { acceptDisplays } from './api/display-upgrade.ts';
import { createHandlers } from './api/handlers.ts';
import { buildServer } from './api/server.ts';
import { composeAgent } from './compose.ts';
import { type AgentParts, createParts } from './compose-host.ts';
import { acquireAgentLock } from './adapters/agent-lock.ts';

/** Owner and group may speak to the agent: who can, decides where this host's packets leave. */
const SOCKET_MODE = 0o660;

/** The daemon: one for each network namespace. Stopping it leaves guard, routes and networks in place. */
export async function runAgent(
  config: AgentConfig,
  parts: AgentParts = createParts(config),
): Promise<number> {
  const lock = acquireAgentLock();
  const agent = await composeAgent(config, parts);
  const server = buildServer(createHandlers(agent.services), agent.logger);
  acceptDisplays(server.server, agent.displays);
  try {
    await agent.start();
    mkdirSync(dirname(config.socket), { recursive: true });
    // The lock says that no other agent lives here, so what lies there is left over.
    rmSync(config.socket, { force: true });
    // The mode from the first moment on: bind(2) takes it from the mask.
    const mask = process.umask(0o777 & ~SOCKET_MODE);
    const listening = server.listen({ path: config.socket });
    await listening.finally(() => process.umask(mask));
    chmodSync(config.socket, SOCKET_MODE);
    agent.logger.info({ socket: config.socket }, 'the agent listens');
    await untilSignal();
  } finally {
    // Or the server would wait for those who look at a desktop.
    agent.displays.close();
    await server.close();
    await agent.stop();
    lock.release();
  }
  return 0;
}

async function untilSignal(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
