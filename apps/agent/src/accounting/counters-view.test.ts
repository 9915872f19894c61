import { expect, test } from 'vitest';
import { flowOf } from '../../test/flows/sample-flows.ts';
import type { TrackedFlow } from '../ports/flows.ts';
import { countersView } from './counters-view.ts';
import { Totals } from './totals.ts';

const ALPHA = { network: 'z_custom_a', container: { id: 'c0ffee', name: 'alpha' } };

async function view(totals: Totals, living: readonly TrackedFlow[]) {
  return countersView({
    networks: ['z_custom_a', 'z_custom_b'],
    since: 1_000,
    totals,
    living: (async function* () {
      yield* living;
    })(),
    originOf: () => ALPHA,
    drops: Promise.resolve({ drop_ipv6: { packets: 3, bytes: 180 } }),
  });
}

test('adds living flows to those that have ended', async () => {
  const totals = new Totals();
  totals.began(ALPHA);
  totals.began(ALPHA);
  totals.ended(ALPHA, flowOf());
  const { networks, drops } = await view(totals, [flowOf({ id: 2 })]);
  const traffic = {
    sent: { packets: 10, bytes: 640 },
    received: { packets: 8, bytes: 8_000 },
    flows: 2,
  };
  const nothing = { packets: 0, bytes: 0 };
  expect(networks).toEqual([
    { network: 'z_custom_a', ...traffic, containers: [{ ...ALPHA.container, ...traffic }] },
    { network: 'z_custom_b', sent: nothing, received: nothing, flows: 0, containers: [] },
  ]);
  expect(drops).toEqual({ drop_ipv6: { packets: 3, bytes: 180 } });
});

test('a moment of looking takes nothing from the totals', async () => {
  const totals = new Totals();
  await view(totals, [flowOf()]);
  expect(totals.networks.size).toBe(0);
});

test('ports are counted for each address and the destination with most of them', async () => {
  const busy = { address: '203.0.113.7', port: 443 };
  const flows = [1, 2, 3].map((id) => ({
    ...flowOf({ id, leaving: { port: 5_000 + id } }),
    answering: busy,
  }));
  const untranslated = flowOf({ id: 5, leaving: { address: '172.19.0.2', port: 4_242 } });
  const { ports } = await view(new Totals(), [...flows, flowOf({ id: 4 }), untranslated]);
  const [address, destination] = ['192.168.4.153', '203.0.113.7:443'];
  expect(ports).toEqual([{ address, protocol: 'tcp', destination, used: 3, of: 64_512 }]);
});
