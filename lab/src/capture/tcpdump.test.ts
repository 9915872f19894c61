import { expect, test } from 'vitest';
import { isFlushed, parseStatistics } from './tcpdump.ts';

const line = (captured: number, received: number, dropped = 0): string =>
  `tcpdump: ${String(captured)} packets captured, ${String(received)} packets received by filter, ${String(dropped)} packets dropped by kernel\n`;

test('reads reports in singular and plural, among other lines', () => {
  const log = `tcpdump: listening on wA\n${line(0, 0)}tcpdump: 1 packet captured, 2 packets received by filter, 1 packet dropped by kernel\n`;
  expect(parseStatistics(log)).toEqual([
    { captured: 0, received: 0, dropped: 0 },
    { captured: 1, received: 2, dropped: 1 },
  ]);
});

test('is flushed when nothing is between the kernel and the file', () => {
  expect(isFlushed([])).toBe(false);
  expect(isFlushed(parseStatistics(line(0, 0) + line(5, 9)))).toBe(false);
  expect(isFlushed(parseStatistics(line(0, 0) + line(9, 9)))).toBe(true);
  expect(isFlushed(parseStatistics(line(0, 0) + line(7, 9, 2)))).toBe(true);
});

test('a constant gap from before the filter was set does not count', () => {
  expect(isFlushed(parseStatistics(line(0, 2) + line(5, 9)))).toBe(false);
  expect(isFlushed(parseStatistics(line(0, 2) + line(7, 9)))).toBe(true);
});
