import type { AgentProcess } from '@sallyport/lab/agent-process';
import type { Lab } from '@sallyport/lab/lab';
import { type Measured, median, ratioFigure, type Series } from '../figures.ts';
import { progress, startAgent, withLab } from './bench-lab.ts';
import { connectionRate, startHttp } from './generators.ts';

const ADDRESS = '192.168.4.153';
/** The first network carries the load; the others are only there. */
const LOADED = 'net0000';

/** A way of giving a network its address, on a host of its own. */
interface Contender {
  readonly name: string;
  readonly lab: Lab;
  make(name: string, index: number): Promise<unknown>;
}

/** New connections a second with more and more real Docker networks, three contenders by turns. */
export async function measureConnections({
  quick,
}: {
  readonly quick: boolean;
}): Promise<Measured> {
  const sizes = quick ? [1, 10] : [1, 10, 100, 200];
  const rounds = quick ? 1 : 5;
  return withLab('ours', (ours) =>
    withLab('guide', (guide) =>
      withLab('docker', async (docker) => {
        const agent = await startAgent(ours);
        const contenders = [sallyport(ours, agent), byGuide(guide), byDocker(docker)];
        const rates = contenders.map(() => new Map<number, number>());
        let made = 0;
        for (const size of sizes) {
          progress(`${size} networks …`);
          for (; made < size; made++) await makeAll(contenders, made);
          if (size === sizes[0]) await Promise.all(contenders.map(({ lab }) => prepare(lab)));
          const measured = contenders.map(() => [] as number[]);
          for (let round = 0; round < rounds; round++) {
            for (const [index, { lab }] of contenders.entries()) {
              measured[index]?.push(await connectionRate(lab, 'load'));
            }
          }
          for (const [index, values] of measured.entries()) rates[index]?.set(size, median(values));
        }
        await agent.stop();
        progress('without the flow log …');
        const unlogged: number[] = [];
        for (let round = 0; round < rounds; round++) {
          unlogged.push(await connectionRate(ours, 'load'));
        }
        return summarize({ contenders, rates, sizes, unlogged: median(unlogged) });
      }),
    ),
  );
}

async function makeAll(contenders: readonly Contender[], index: number): Promise<void> {
  const name = `net${String(index).padStart(4, '0')}`;
  for (const contender of contenders) await contender.make(name, index);
}

async function prepare(lab: Lab): Promise<void> {
  await startHttp(lab);
  await lab.runContainer({ name: 'load', network: LOADED });
}

function sallyport(lab: Lab, agent: AgentProcess): Contender {
  return {
    name: 'Sallyport',
    lab,
    make: (name) => agent.call('createNetwork', { body: { name, egress: { ipv4: [ADDRESS] } } }),
  };
}

function byGuide(lab: Lab): Contender {
  return {
    name: 'the guide by hand',
    lab,
    async make(name, index) {
      const subnet = subnetOf(index);
      const options = [
        `com.docker.network.bridge.name=${name}`,
        'com.docker.network.bridge.enable_ip_masquerade=false',
      ];
      await lab.docker([
        'network',
        'create',
        '--subnet',
        subnet,
        ...options.flatMap((option) => ['--opt', option]),
        name,
      ]);
      const rule = ['-s', subnet, '!', '-o', name, '-j', 'SNAT', '--to-source', ADDRESS];
      await lab.host.exec('iptables', ['-t', 'nat', '-A', 'POSTROUTING', ...rule]);
    },
  };
}

function byDocker(lab: Lab): Contender {
  return {
    name: 'Docker’s host_ipv4',
    lab,
    make: (name, index) =>
      lab.docker([
        'network',
        'create',
        '--subnet',
        subnetOf(index),
        '--opt',
        `com.docker.network.host_ipv4=${ADDRESS}`,
        name,
      ]),
  };
}

function subnetOf(index: number): string {
  return `10.100.${index}.0/24`;
}

interface Rates {
  readonly contenders: readonly Contender[];
  /** By contender, and by number of networks. */
  readonly rates: readonly ReadonlyMap<number, number>[];
  readonly sizes: readonly number[];
  /** Of Sallyport at the last size while the agent is stopped: the same rules, and nobody writes flows down. */
  readonly unlogged: number;
}

function summarize({ contenders, rates, sizes, unlogged }: Rates): Measured {
  const series = contenders.map(
    ({ name }, index): Series => ({
      name,
      points: [...(rates[index] ?? [])].map(([networks, value]) => ({ networks, value })),
    }),
  );
  const [least = 1] = sizes;
  const most = sizes.at(-1) ?? 1;
  const rate = (index: number, size: number): number => rates[index]?.get(size) ?? Number.NaN;
  return {
    series,
    figures: [
      ratioFigure(
        `new connections a second at ${most} networks against ${least}`,
        rate(0, most) / rate(0, least),
        { atLeast: 0.75 },
      ),
      ratioFigure(
        `new connections a second at ${most} networks against the guide by hand`,
        rate(0, most) / rate(1, most),
        { atLeast: 3 },
      ),
      {
        name: 'the same while no flow log is written, which neither of the others has',
        measured: (unlogged / rate(1, most)).toFixed(2),
        target: '',
        reached: true,
      },
      ratioFigure(
        `new connections a second at ${most} networks against Docker’s host_ipv4`,
        rate(0, most) / rate(2, most),
        { atLeast: 1 },
      ),
    ],
  };
}
