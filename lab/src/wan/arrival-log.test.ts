import { expect, test } from 'vitest';
import type { Arrival } from './arrival.ts';
import { ArrivalLog } from './arrival-log.ts';

const arrival = (at: number, fields: Partial<Arrival> = {}): Arrival => ({
  at,
  service: 'udp-echo',
  source: '192.168.4.153',
  sourcePort: 40000,
  local: '198.51.100.10',
  localPort: 7,
  tag: '',
  ...fields,
});

test('answers by time, tag, service and source together', () => {
  const log = new ArrivalLog(100);
  log.add(arrival(1, { tag: 'run-7 a' }));
  log.add(arrival(2, { tag: 'run-7 b', source: '192.168.4.53' }));
  log.add(arrival(3, { tag: 'run-8', service: 'http' }));
  expect(log.query({ tag: 'run-7' }).arrivals.map(({ at }) => at)).toEqual([1, 2]);
  expect(log.query({ tag: 'run-7', source: '192.168.4.53' }).arrivals).toHaveLength(1);
  expect(log.query({ since: 2, until: 2 }).arrivals.map(({ at }) => at)).toEqual([2]);
  expect(log.query({ service: 'http' }).arrivals).toHaveLength(1);
});

test('is bounded, keeps the newest and says how many it has forgotten', () => {
  const log = new ArrivalLog(10);
  for (let at = 0; at < 1000; at += 1) log.add(arrival(at));
  const { arrivals, forgotten, forgottenUntil } = log.query({});
  expect(arrivals.length).toBeGreaterThanOrEqual(10);
  expect(arrivals.length).toBeLessThan(20);
  expect(arrivals.at(-1)?.at).toBe(999);
  expect(forgotten + arrivals.length).toBe(1000);
  expect(forgottenUntil).toBe((arrivals[0]?.at ?? 0) - 1);
});
