import assert from 'node:assert/strict';
import { withoutDockerIsolation, withoutProtection } from '../../support/protection.ts';
import { A, B, flowOf, told, until } from '../../support/world.ts';
import { METADATA, NEIGHBOUR, type PlaceStage } from '../place-stage.ts';
import type { Control, Finding, Scenario } from '../scenario.ts';

/* What a container must not get at, and what it must not pretend to be. */

/** The same act where neither we nor Docker separate anything. */
function open(act: (stage: PlaceStage, since: number) => Promise<string>): Control<PlaceStage> {
  return {
    without: 'our table, our rules, and Docker’s isolation',
    run: async (stage) => {
      await withoutProtection(stage.world);
      await withoutDockerIsolation(stage.world);
      return act(stage, Date.now());
    },
  };
}

/** What the capture says about a one-shot act of the first container. */
async function finding({ world, a }: PlaceStage, since: number, sent: number): Promise<Finding> {
  const leaks = await world.leaks(since, [flowOf(a, A)]);
  const delivered = await world.packetsTo(a.target, since);
  return { since, leaks, figures: { sent, delivered } };
}

async function dropsOf({ world }: PlaceStage, counter: string): Promise<number> {
  const { drops } = await world.agent.call('host', {});
  return drops[counter]?.packets ?? 0;
}

/** Everything but the metadata service, which nobody answers for a private source: the capture is asked. */
const answering = ({ places }: PlaceStage) =>
  Object.entries(places).filter(([, target]) => target !== METADATA);

const neighbours: Scenario<PlaceStage> = {
  id: 'L30',
  title: 'the host, its services and other containers, by every address they have',
  run: async (stage) => {
    const since = Date.now();
    const before = [await dropsOf(stage, 'drop_host'), await dropsOf(stage, 'drop_inside')];
    for (const [name, target] of answering(stage)) {
      assert.deepEqual({ name, reached: await stage.reached(target) }, { name, reached: false });
    }
    assert.equal(await stage.reached(stage.a.target), true);
    const after = [await dropsOf(stage, 'drop_host'), await dropsOf(stage, 'drop_inside')];
    assert.ok(
      after.every((count, index) => count > (before[index] ?? 0)),
      'drops are counted',
    );
    return finding(stage, since, Object.keys(stage.places).length);
  },
  control: open(async (stage) => {
    const closed: string[] = [];
    for (const [name, target] of answering(stage))
      if (!(await stage.reached(target))) closed.push(name);
    assert.deepEqual(closed, [], 'each of these places answers');
    return 'all of them answered';
  }),
};

const metadata: Scenario<PlaceStage> = {
  id: 'L29',
  title: '169.254.169.254 and other link-local addresses',
  run: async (stage) => {
    const since = Date.now();
    const before = await dropsOf(stage, 'drop_special');
    assert.equal(await stage.reached(METADATA), false);
    assert.equal(await stage.reached('169.254.1.1'), false);
    assert.deepEqual(await stage.world.lab.wan.arrivals({ since }), []);
    assert.ok((await dropsOf(stage, 'drop_special')) > before, 'drops are counted');
    return finding(stage, since, 2);
  },
  control: open(async (stage, since) => {
    await stage.reached(METADATA);
    const seen = await stage.world.packetsTo(METADATA, since);
    return seen === 0 ? '' : `${seen} packets to the metadata service`;
  }),
};

/** The only foreign sources that the kernel forwards at all: it refuses its own ones from outside. */
const FORWARDED = [NEIGHBOUR, '203.0.113.9'];
const FORGED = [...FORWARDED, A.address, B.address, '192.168.4.53'];

async function forge({ a }: PlaceStage, sources: readonly string[]): Promise<void> {
  for (const source of sources)
    await a.container.traffic('spoof', ['--source', source, '--target', a.target]);
}

const forged: Scenario<PlaceStage> = {
  id: 'L33',
  title: 'forged sources: another managed subnet, outside of any, the egress addresses themselves',
  run: async (stage) => {
    const since = Date.now();
    const before = await dropsOf(stage, 'drop_spoofed');
    await forge(stage, FORGED);
    const dropped = (await dropsOf(stage, 'drop_spoofed')) - before;
    assert.ok(dropped >= FORGED.length, `${dropped} drops are counted`);
    // TCP, UDP and ICMP from each.
    return finding(stage, since, FORGED.length * 3);
  },
  control: open(async (stage, since) => {
    await forge(stage, FORWARDED);
    const words = told(await stage.world.leaks(since, [flowOf(stage.a, A)]));
    return FORWARDED.every((source) => words.includes(` ${source} -> `)) ? words : '';
  }),
};

const PORTLESS = ['47', '50', '253'];

async function sendPortless({ a }: PlaceStage): Promise<void> {
  for (const protocol of PORTLESS) {
    const args = ['--protocol', protocol, '--target', a.target, '--timeout', '1'];
    await a.container.traffic('raw', args);
  }
}

const portless: Scenario<PlaceStage> = {
  id: 'L25',
  title: 'protocols without ports: GRE, ESP, 253',
  run: async (stage) => {
    const since = Date.now();
    await sendPortless(stage);
    return finding(stage, since, PORTLESS.length);
  },
  control: open(async (stage, since) => {
    await sendPortless(stage);
    return told(await stage.world.leaks(since, [flowOf(stage.a, A)]));
  }),
};

/** How many packets connection tracking has called invalid so far. */
async function invalid({ world }: PlaceStage): Promise<number> {
  const counts = (await world.host('conntrack', '-S')).matchAll(/ invalid=(\d+)/g);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const late: Scenario<PlaceStage> = {
  id: 'L21',
  title: 'RST and FIN after the end, segments outside of the window, ICMP errors',
  run: async (stage) => {
    const since = Date.now();
    const before = await invalid(stage);
    const args = ['--target', stage.a.target, '--count', stage.long ? '200' : '10'];
    const { sent } = await stage.a.container.traffic('rst', [...args, '--timeout', '1']);
    assert.ok((await invalid(stage)) > before, 'connection tracking calls some of them invalid');
    const total = Object.values(sent as Record<string, number>).reduce((sum, n) => sum + n, 0);
    return finding(stage, since, total);
  },
  control: {
    without: 'the rule that drops what is invalid, the closing rule, and the guard',
    run: async (stage) => {
      const { world, a } = stage;
      world.agent.signal('SIGSTOP');
      for (const chain of ['from_container', 'guard'])
        await world.host('nft', 'flush', 'chain', 'inet', 'sallyport', chain);
      // What is invalid belongs to no connection, so it gets no mark, and routing closes before any filter.
      await world.host('ip', 'rule', 'del', 'priority', '4900');
      const since = Date.now();
      await a.container.traffic('rst', ['--target', a.target, '--count', '10', '--timeout', '1']);
      return told(await world.leaks(since, [flowOf(a, A)]));
    },
  },
};

const BROADCAST = ['--also', '192.168.7.255', '--also', '10.208.1.255', '--timeout', '1'];
const groups = (destination: string) =>
  destination.startsWith('224.') || destination.startsWith('239.') || destination.endsWith('.255');

async function grouped({ world }: PlaceStage, since: number): Promise<readonly string[]> {
  const packets = await world.lab.capture.packets({
    since,
    where: ({ destination, protocol }) => protocol === 'udp' && groups(destination),
  });
  return packets.map(({ source, destination }) => `${source} -> ${destination}`);
}

const multicast: Scenario<PlaceStage> = {
  id: 'L28',
  title: 'broadcast, directed broadcast, multicast, mDNS, SSDP',
  run: async (stage) => {
    const since = Date.now();
    const { sent } = await stage.a.container.traffic('multicast', BROADCAST);
    assert.deepEqual(await grouped(stage, since), []);
    const total = Object.values(sent as Record<string, number>).reduce((sum, n) => sum + n, 0);
    return finding(stage, since, total);
  },
  control: {
    without: 'our table, with a host that routes groups',
    run: async (stage) => {
      const { world, a } = stage;
      await withoutProtection(world);
      await withoutDockerIsolation(world);
      const since = Date.now();
      // The kernel itself forwards no group without a routing daemon: another subnet's broadcast it does.
      await a.container.traffic('multicast', ['--also', '192.168.59.255', '--timeout', '1']);
      await until('a broadcast is seen', async () => (await grouped(stage, since)).length > 0);
      return (await grouped(stage, since)).join(', ');
    },
  },
};

export const places: readonly Scenario<PlaceStage>[] = [
  neighbours,
  metadata,
  forged,
  portless,
  late,
  multicast,
];
