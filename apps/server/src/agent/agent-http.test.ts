import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import { expect, onTestFinished, test } from 'vitest';
import { createAgentLink } from './agent-http.ts';

/** A socket on which the listener answers; none: nobody does. */
async function socketWith(listener: RequestListener | null): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-agent-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent.sock');
  if (listener === null) return path;
  const server = createServer(listener).listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return path;
}

test('asks over the socket, in somebody’s name', async () => {
  const socket = await socketWith((request, response) => {
    expect(request.headers['sallyport-actor']).toBe('J?rgen');
    response.end('[]');
  });
  expect(await createAgentLink(socket).as('Jürgen')('listNetworks', {})).toEqual([]);
});

test('a refusal of the agent keeps its code', async () => {
  const problem = toProblem(new SallyportError('network_not_found', 'There is none.'));
  const socket = await socketWith((_request, response) => {
    response.writeHead(problem.status).end(JSON.stringify(problem));
  });
  const asked = createAgentLink(socket).as('admin')('listNetworks', {});
  await expect(asked).rejects.toMatchObject({ code: 'network_not_found' });
});

test.each([
  ['is not there', null],
  ['breaks off', (_: unknown, response: { destroy: () => void }) => response.destroy()],
] as const)('an agent that %s can not be reached', async (_, listener) => {
  const link = createAgentLink(await socketWith(listener));
  const asked = link.as('admin')('listNetworks', {});
  await expect(asked).rejects.toMatchObject({
    code: 'agent_unreachable',
    remedy: expect.stringContaining('sallyport agent run') as string,
  });
});

test('something else on the socket is told as that', async () => {
  const socket = await socketWith((_request, response) => response.end('<html>'));
  const asked = createAgentLink(socket).as('admin')('listNetworks', {});
  await expect(asked).rejects.toMatchObject({ code: 'internal' });
});
