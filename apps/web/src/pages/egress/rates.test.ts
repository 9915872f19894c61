import { expect, test } from 'vitest';
import { ratesBetween } from './rates.ts';

const amount = (bytes: number) => ({ packets: bytes / 100, bytes });
const traffic = (sent: number, received: number, flows: number) => ({
  sent: amount(sent),
  received: amount(received),
  flows,
});
const container = (id: string, sent: number) => ({ id, name: id, ...traffic(sent, 0, 0) });

test('rates are differences by the second, and of containers those count that sent', () => {
  const before = {
    at: 1_000,
    networks: [
      {
        network: 'z_a',
        ...traffic(1_000, 5_000, 10),
        containers: [container('busy', 600), container('idle', 400)],
      },
    ],
  };
  const now = {
    at: 3_000,
    networks: [
      {
        network: 'z_a',
        ...traffic(3_000, 9_000, 14),
        containers: [container('busy', 2_000), container('idle', 400), container('new', 600)],
      },
      { network: 'z_new', ...traffic(700, 0, 1), containers: [] },
    ],
  };
  const { at, rates } = ratesBetween(before, now);
  expect(at).toBe(3_000);
  expect([...rates]).toEqual([['z_a', { sent: 1_000, received: 2_000, flows: 2, active: 2 }]]);
});
