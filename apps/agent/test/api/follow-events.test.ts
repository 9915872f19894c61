import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type AgentEvent, eventSchema } from '@sallyport/contract/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFakeApi } from '../fake-api.ts';
import { temporaryDirectory } from '../temporary.ts';

const NEWS = { kind: 'repair', network: null, reason: 'timer', actor: null } as const;

async function listen() {
  const api = await startFakeApi();
  const socketPath = join(await temporaryDirectory(), 'agent.sock');
  await api.server.listen({ path: socketPath });
  onTestFinished(() => api.server.close());
  return { ...api, socketPath };
}

/** Follows the events over a socket, as a client does. */
async function follow(socketPath: string) {
  const asking = request({ socketPath, path: '/v1/events/stream' }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
  const next = async (): Promise<AgentEvent> =>
    eventSchema.parse(JSON.parse(String((await lines.next()).value)));
  return { asking, answer, next };
}

describe('the stream of events', () => {
  it('gives each as it happens, and none from before', async () => {
    const { events, socketPath } = await listen();
    const { answer, next } = await follow(socketPath);
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    await events.record({ ...NEWS, message: 'first' });
    expect(await next()).toMatchObject({ message: 'first' });
    await events.record({ ...NEWS, message: 'second\nline' });
    await events.record({ ...NEWS, message: 'third' });
    expect((await next()).message).toBe('second\nline');
    expect((await next()).message).toBe('third');
  });

  it('gives them also where they can not be stored', async () => {
    const { events, host, socketPath } = await listen();
    const { next } = await follow(socketPath);
    host.eventLog.full = true;
    await events.record({ ...NEWS, message: 'only told' });
    expect((await next()).message).toBe('only told');
    expect(await events.read(10, null)).toEqual([]);
  });

  it('goes on for others when one who follows has gone', async () => {
    const { events, socketPath } = await listen();
    const gone = await follow(socketPath);
    const stays = await follow(socketPath);
    gone.asking.destroy();
    await new Promise((resolve) => gone.answer.once('close', resolve));
    for (const message of ['first', 'second']) {
      await events.record({ ...NEWS, message });
      expect((await stays.next()).message).toBe(message);
    }
  });
});
