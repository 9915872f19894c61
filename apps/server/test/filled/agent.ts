import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import type { Session } from '@sallyport/contract/sessions';
import { networkNamed } from '../fake-agent.ts';
import { type Filled, NETWORKS, networkName } from './fill.ts';

/**
 * An agent that only tells what it holds: the networks, and a container for each session. With it the server
 * works as beside a real one, which compares all of them every few seconds.
 */
export async function listenAsAgent(socket: string, filled: Filled): Promise<Server> {
  const networks = Array.from({ length: NETWORKS }, (_, index) => networkNamed(networkName(index)));
  const sessions = [
    ...filled.running.map((id) => container(id, 'running')),
    ...filled.stopped.map((id) => container(id, 'exited')),
  ];
  const answers = new Map([
    [ENDPOINTS.listNetworks.path as string, JSON.stringify(networks)],
    [ENDPOINTS.listSessions.path, JSON.stringify(sessions)],
    [ENDPOINTS.events.path, '[]'],
  ]);
  const server = createServer(({ url = '' }, response) => {
    const answer = answers.get(url.replace(/\?.*/, ''));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(answer ?? '{}');
  });
  server.listen(socket);
  await once(server, 'listening');
  return server;
}

function container(id: string, state: Session['state']): Session {
  const runs = state === 'running';
  return {
    id,
    containerId: id.replaceAll('-', '').padEnd(64, '0'),
    name: `sallyport-session-${id}`,
    image: 'sallyport/desktop:1',
    network: networkName(0),
    state,
    exitCode: runs ? null : 0,
    reason: runs ? 'it runs' : 'it ended with exit code 0',
    address: runs ? '172.19.0.2' : null,
    display: { port: 5901, ready: false },
    createdAt: 1_790_000_000_000,
    startedAt: 1_790_000_000_000,
    labels: { owner: 'somebody' },
  };
}
