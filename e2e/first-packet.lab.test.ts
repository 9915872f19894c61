import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowExpectation, Leak } from '@sallyport/lab/oracle';
import { withoutProtection } from './support/protection.ts';
import { A, B, told, upWorld, type World } from './support/world.ts';

/* Containers whose very first act is a connection: there is no moment without guard and translation. */

let world: World;

beforeAll(async () => {
  world = await upWorld('first');
  await world.createGuideNetworks();
});

afterAll(() => world.down());

interface Outcome {
  /** How many containers had their connection. */
  readonly answered: number;
  readonly packets: number;
  readonly leaks: readonly Leak[];
}

/** Starts so many containers at once, half of them on each network, and waits for their end. */
async function startAtOnce(count: number): Promise<Outcome> {
  const since = Date.now();
  const flows: FlowExpectation[] = [];
  for (const { name, address, uplink } of [A, B])
    flows.push({ name, destination: await world.newTarget(), sources: [address], uplink });
  const names = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { name: network, destination = '' } = flows[index % 2] ?? {};
      const name = `first-${since}-${index}`;
      const command = ['traffic', 'first', '--target', destination];
      await world.lab.runContainer({
        name,
        command,
        ...(network === undefined ? {} : { network }),
      });
      return name;
    }),
  );
  const exits = await Promise.all(
    names.map(async (name) => (await world.lab.docker(['wait', name])).stdout.trim()),
  );
  const leaks = await world.leaks(since, flows);
  const seen = await Promise.all(
    flows.map(({ destination = '' }) => world.packetsTo(destination, since)),
  );
  await world.lab.docker(['rm', '-f', ...names], { timeoutMs: 60_000 });
  return {
    answered: exits.filter((code) => code === '0').length,
    packets: seen.reduce((sum, each) => sum + each, 0),
    leaks,
  };
}

test('the first act of 50 containers at once already carries the right address', async () => {
  const { answered, packets, leaks } = await startAtOnce(50);
  expect(told(leaks)).toBe('');
  expect(answered).toBe(50);
  console.table([{ containers: 50, answered, packets, leaked: leaks.length }]);
});

test('negative control: without our table and rules the first packets are seen as they are', async () => {
  await withoutProtection(world);
  const { answered, leaks } = await startAtOnce(4);
  expect(answered).toBe(0);
  expect(told(leaks)).toMatch(/10\.208\.0\.\d+ [^]*10\.208\.1\.\d+ /);
});
