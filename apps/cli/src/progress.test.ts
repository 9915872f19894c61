import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { during } from './progress.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => vi.useRealTimers());

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('says what takes long, with the seconds, and takes the line away', async () => {
  const screen = terminal(true);
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = during(screen, 'Applying', promise);
  vi.advanceTimersByTime(399);
  expect(screen.written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(screen.written.at(-1)).toContain('Applying … ');
  vi.advanceTimersByTime(2000);
  expect(screen.written.at(-1)).toContain('Applying … 2 s');
  resolve('done');
  await expect(work).resolves.toBe('done');
  expect(screen.written.at(-1)).toBe('\r\u001b[2K');
});

test('takes the line away when the work fails too', async () => {
  const screen = terminal(true);
  const { promise, reject } = Promise.withResolvers<string>();
  const work = during(screen, 'Applying', promise);
  vi.advanceTimersByTime(500);
  reject(new Error('no'));
  await expect(work).rejects.toThrow('no');
  expect(screen.written.at(-1)).toBe('\r\u001b[2K');
});

test('is silent where there is no terminal', async () => {
  const screen = terminal(false);
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = during(screen, 'Applying', promise);
  vi.advanceTimersByTime(5000);
  resolve('done');
  await work;
  expect(screen.written).toEqual([]);
});
