import assert from 'node:assert/strict';
import type { FlowExpectation, Leak } from '@sallyport/lab/oracle';
import { withoutProtection } from '../../support/protection.ts';
import { told, type World } from '../../support/world.ts';
import { NETWORKS } from '../crowd-stage.ts';
import type { Scenario } from '../scenario.ts';

/* Containers whose very first act is a connection: there is no moment without guard and translation. */

const SHORT = 50;
const LONG = 200;
const BARE = 4;

interface Outcome {
  readonly since: number;
  /** How many containers had their connection. */
  readonly answered: number;
  readonly leaks: readonly Leak[];
  /** From the start of each container's process to its connection beyond, in milliseconds. */
  readonly untilSeen: readonly number[];
}

/** Starts so many containers at once, half of them on each network, and waits for their end. */
async function startAtOnce(world: World, count: number): Promise<Outcome> {
  const since = Date.now();
  const flows: FlowExpectation[] = [];
  for (const { name, address, uplink } of NETWORKS)
    flows.push({ name, destination: await world.newTarget(), sources: [address], uplink });
  const names = Array.from({ length: count }, (_, index) => `first-${since}-${index}`);
  await Promise.all(
    names.map(async (name, index) => {
      const { name: network = '', destination = '' } = flows[index % flows.length] ?? {};
      const command = ['traffic', 'first', '--target', destination, '--tag', name];
      await world.lab.runContainer({ name, command, network });
    }),
  );
  await world.lab.docker(['wait', ...names], { timeoutMs: 60_000 });
  const format = '{{.Name}} {{.State.ExitCode}} {{.State.StartedAt}}';
  const { stdout } = await world.lab.docker(['inspect', '--format', format, ...names]);
  const arrivals = await world.lab.wan.arrivals({ since, service: 'tcp-echo' });
  const seenAt = new Map(arrivals.map(({ tag, at }) => [tag, at]));
  const ends = stdout
    .trim()
    .split('\n')
    .map((line) => line.slice(1).split(' '));
  const leaks = await world.leaks(since, flows);
  await world.lab.docker(['rm', '-f', ...names], { timeoutMs: 120_000 });
  return {
    since,
    answered: ends.filter(([, code]) => code === '0').length,
    leaks,
    untilSeen: ends.flatMap(([name = '', , startedAt = '']) => {
      const at = seenAt.get(name);
      return at === undefined ? [] : [at - Date.parse(startedAt)];
    }),
  };
}

export const firstPackets: readonly Scenario[] = [
  {
    id: 'L1',
    title: 'the first act of many containers at once (200; 50 in the short form) is a connection',
    run: async ({ world, long }) => {
      const sent = long ? LONG : SHORT;
      const { since, answered, leaks, untilSeen } = await startAtOnce(world, sent);
      assert.equal(answered, sent);
      const times = { 'from start to the right source': untilSeen };
      return { since, leaks, figures: { sent, delivered: answered }, times };
    },
    control: {
      without: 'our table, our rules and the agent',
      run: async ({ world }) => {
        await withoutProtection(world);
        const { answered, leaks } = await startAtOnce(world, BARE);
        return answered === 0 ? told(leaks) : '';
      },
    },
  },
];
