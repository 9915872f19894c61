import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listenForMetrics, writeMetrics } from './metrics-outlet.ts';

const PLACE = { host: '127.0.0.1', port: 19_464 };
const ignore = () => undefined;

async function listening(text: () => Promise<string>) {
  const failures: unknown[] = [];
  const outlet = await listenForMetrics(PLACE, {
    text,
    onFailure: (error) => failures.push(error),
  });
  onTestFinished(() => outlet.close());
  const get = (path: string, method = 'GET') =>
    fetch(`http://${PLACE.host}:${PLACE.port}${path}`, { method });
  return { get, failures };
}

it('answers GET /metrics, and nothing else', async () => {
  const { get } = await listening(async () => 'a 1\n');
  const answer = await get('/metrics');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'a 1\n',
  ]);
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(404);
});

it('says that it has none, without why: that is for the log', async () => {
  const { get, failures } = await listening(() => Promise.reject(new Error('secret path')));
  const answer = await get('/metrics');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret');
  expect(failures).toHaveLength(1);
});

it('an address that is taken is refused with the setting that names it', async () => {
  await listening(async () => '');
  const second = listenForMetrics(PLACE, { text: async () => '', onFailure: ignore });
  await expect(second).rejects.toMatchObject({
    code: 'host_refused',
    message: expect.stringContaining('metrics.listen: 127.0.0.1:19464') as string,
  });
});

it('a file is there whole, and no other', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-metrics-'));
  const path = join(directory, 'sallyport.prom');
  const outlet = writeMetrics(path, { text: async () => 'a 1\n', onFailure: ignore });
  onTestFinished(() => outlet.close());
  await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toBe('a 1\n');
  expect(await readdir(directory)).toEqual(['sallyport.prom']);
});
