import type { Lab } from '@sallyport/lab/lab';
import { type Measured, median, ratioFigure } from '../figures.ts';
import { progress, startAgent, withLab } from './bench-lab.ts';
import { connectionRate, startHttp } from './generators.ts';

const ADDRESS = '192.168.4.153';

/**
 * New connections a second with the rules of 1 to 1,000 networks and one real network, so that
 * Docker's own chains do not count. The agent has ended; its table stays, and elements are added to it.
 */
export async function measureRules({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const sizes = quick ? [1, 100] : [1, 10, 100, 1_000];
  const rounds = quick ? 1 : 7;
  return withLab('rules', async (lab) => {
    const agent = await startAgent(lab);
    await agent.call('createNetwork', { body: { name: 'loaded', egress: { ipv4: [ADDRESS] } } });
    await startHttp(lab);
    await lab.runContainer({ name: 'load', network: 'loaded' });
    await agent.stop();
    const rates = new Map<number, number[]>(sizes.map((size) => [size, []]));
    progress(`${rounds} rounds of rules for ${sizes.join(', ')} networks …`);
    // Sizes by turns and not one after the other: a machine's speed drifts.
    for (let round = 0; round < rounds; round++) {
      for (const size of sizes) {
        await setElements(lab, 'add', size - 1);
        rates.get(size)?.push(await connectionRate(lab, 'load'));
        await setElements(lab, 'delete', size - 1);
      }
    }
    const rate = (size: number) => median(rates.get(size) ?? []);
    const most = sizes.at(-1) ?? 1;
    const points = sizes.map((networks) => ({ networks, value: rate(networks) }));
    return {
      series: [{ name: 'Sallyport, rules alone', points }],
      figures: [
        ratioFigure(
          `new connections a second with rules alone at ${most} networks against 1`,
          rate(most) / rate(1),
          { atLeast: 0.95 },
        ),
      ],
    };
  });
}

/** What so many more networks would have in the table; apps/agent/src/plan/table-sets.ts has the sets. */
async function setElements(lab: Lab, verb: 'add' | 'delete', count: number): Promise<void> {
  if (count === 0) return;
  const networks = Array.from({ length: count }, (_, index) => ({
    bridge: `"more${index}"`,
    subnet: `10.${224 + Math.floor(index / 256)}.${index % 256}.0/24`,
  }));
  const elements = {
    bridges: networks.map(({ bridge }) => bridge),
    managed4: networks.map(({ subnet }) => subnet),
    sources4: networks.map(({ bridge, subnet }) => `${bridge} . ${subnet}`),
    snat4: networks.map(({ subnet }) => `${subnet} : ${ADDRESS}`),
    egress4: networks.map(({ subnet }) => `${subnet} . "enp0s3" . ${ADDRESS}`),
    ways: networks.map(({ bridge }) => `${bridge} : jump way_1`),
  };
  const lines = Object.entries(elements).map(
    ([name, values]) => `${verb} element inet sallyport ${name} { ${values.join(', ')} }`,
  );
  await lab.host.exec('nft', ['-f', '-'], { input: `${lines.join('\n')}\n` });
}
