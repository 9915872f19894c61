import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentEvent } from '@sallyport/contract/host';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { createEventLog } from './event-log.ts';

function eventOf(number: number, changes: Partial<AgentEvent> = {}): AgentEvent {
  return {
    id: `id-${number}`,
    at: number,
    kind: 'repair',
    network: null,
    message: 'a rule was missing',
    reason: 'timer',
    actor: null,
    ...changes,
  };
}

async function newLog() {
  const directory = join(await temporaryDirectory(), 'state');
  const path = join(directory, 'events');
  return { directory, path, newest: `${path}.jsonl`, log: createEventLog(path) };
}

const ids = (events: readonly AgentEvent[]) => events.map(({ id }) => id);

describe('events on disk', () => {
  it('are none before the first', async () => {
    expect(await (await newLog()).log.read(10, null)).toEqual([]);
  });

  it('come back in order, after a restart too', async () => {
    const { log, path, newest } = await newLog();
    await Promise.all([1, 2, 3].map((number) => log.append(eventOf(number))));
    expect(await createEventLog(path).read(10, null)).toEqual([1, 2, 3].map((n) => eventOf(n)));
    expect((await stat(newest)).mode & 0o777).toBe(0o600);
  });

  it('are the newest of what was asked for, of one network or all', async () => {
    const { log } = await newLog();
    for (const n of [1, 2, 3, 4]) await log.append(eventOf(n, { network: n % 2 ? 'a' : 'b' }));
    expect(ids(await log.read(2, null))).toEqual(['id-3', 'id-4']);
    expect(ids(await log.read(1, 'a'))).toEqual(['id-3']);
    expect(ids(await log.read(10, 'c'))).toEqual([]);
  });

  it('stay one line each, whatever is in a message', async () => {
    const { log, newest } = await newLog();
    const message = 'two\nlines "and" \u2028 more';
    await log.append(eventOf(1, { message }));
    expect((await readFile(newest, 'utf8')).split('\n')).toHaveLength(2);
    expect(await log.read(1, null)).toEqual([eventOf(1, { message })]);
  });

  it('are left out where a crash has torn them, and so are strange lines', async () => {
    const { log, path, newest } = await newLog();
    await log.append(eventOf(1));
    await appendFile(newest, '{"id":"x"}\nnot json\n{"id":"id-2","at":2,"kin');
    const next = createEventLog(path);
    expect(ids(await next.read(10, null))).toEqual(['id-1']);
    // What comes after a torn line must not be lost with it.
    await next.append(eventOf(3));
    await next.append(eventOf(4));
    expect(ids(await next.read(10, null))).toEqual(['id-1', 'id-3', 'id-4']);
  });

  it('are bounded: a full file becomes the older one, and the one before that is given up', async () => {
    const { log, directory, newest } = await newLog();
    const filler = `${' '.repeat(2 * 1024 * 1024)}\n`;
    await log.append(eventOf(1));
    for (const number of [2, 3]) {
      await appendFile(newest, filler);
      await log.append(eventOf(number));
    }
    expect(ids(await log.read(10, null))).toEqual(['id-2', 'id-3']);
    expect((await readdir(directory)).toSorted()).toEqual(['events.1.jsonl', 'events.jsonl']);
  });

  it('goes on after one that could not be written', async () => {
    const { log, newest } = await newLog();
    await mkdir(newest, { recursive: true });
    await expect(log.append(eventOf(1))).rejects.toThrow('EISDIR');
  });

  it('refuses where a file is in the place of the directory', async () => {
    const { log, directory } = await newLog();
    await writeFile(directory, '');
    await expect(log.append(eventOf(1))).rejects.toThrow('EEXIST');
  });
});
