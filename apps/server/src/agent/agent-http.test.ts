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

test('a pull is followed to its last line', async () => {
  const lines = [
    { layer: 'a', status: 'Downloading', percent: 50 },
    { layer: 'b', status: 'Waiting', percent: null },
    { done: true, id: 'sha256:1' },
  ];
  const socket = await socketWith((_request, response) => {
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  const told: (number | null)[] = [];
  const { signal } = new AbortController();
  const onProgress = (percent: number | null) => void told.push(percent);
  await createAgentLink(socket).pull('desktop:1', { onProgress, signal });
  expect(told).toEqual([50, 25]);
});

test.each([
  [toProblem(new SallyportError('docker_refused', 'No such image.')), 'docker_refused'],
  [{ layer: 'a', status: 'Downloading', percent: 50 }, 'agent_unreachable'],
] as const)('a pull that ends with %o has not come to its end', async (last, code) => {
  const socket = await socketWith((_request, response) => {
    response.end(`${JSON.stringify(last)}\n`);
  });
  const { signal } = new AbortController();
  const pulled = createAgentLink(socket).pull('x', { onProgress: () => undefined, signal });
  await expect(pulled).rejects.toMatchObject({ code });
});

test('a display is a stream with its password; what is refused keeps its code', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-agent-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent.sock');
  const problem = toProblem(new SallyportError('display_unreachable', 'Nobody greets.'));
  const server = createServer((_request, response) => {
    response.writeHead(502).end(JSON.stringify(problem));
  });
  server.on('upgrade', (request, stream) => {
    if (request.url !== '/v1/sessions/s1/display') {
      const body = JSON.stringify(problem);
      stream.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    stream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: rfb\r\nSallyport-Display-Password: hush\r\n\r\nRFB 003.008\n',
    );
  });
  server.listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const link = createAgentLink(path);
  const { signal } = new AbortController();
  const { stream, password } = await link.display('s1', signal);
  expect(password).toBe('hush');
  const [greeting] = (await once(stream, 'data')) as [Buffer];
  expect(greeting.toString()).toBe('RFB 003.008\n');
  stream.destroy();
  await expect(link.display('s2', signal)).rejects.toMatchObject({ code: 'display_unreachable' });
});
