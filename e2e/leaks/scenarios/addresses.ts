import assert from 'node:assert/strict';
import { untilFlowing } from '../../support/figures.ts';
import { A, B, flowOf, silent, told, until, type World } from '../../support/world.ts';
import { frozen } from '../controls.ts';
import type { Scenario } from '../scenario.ts';
import type { LoadStage } from '../stage.ts';

/* The egress address goes, moves, changes; its uplink goes down. */

const ADDRESS = `${A.address}/24`;
const OTHER = { address: '192.168.4.53', uplink: 'enp0s3' } as const;

const removeGuard = ({ world }: LoadStage) =>
  world.host('nft', 'flush', 'chain', 'inet', 'sallyport', 'guard');

function untilState(world: World, name: string, state: string): Promise<number> {
  return until(`${name} is ${state}`, async () => (await world.stateOf(name)) === state);
}

const removed: Scenario<LoadStage> = {
  id: 'L14',
  title: 'the egress address is removed and comes back',
  run: async (stage) => {
    const { world, a, b } = stage;
    const since = Date.now();
    const gone = await world.removeAddress('enp0s3', ADDRESS);
    const blockedMs = await untilState(world, A.name, 'Blocked');
    await stage.pause();
    assert.equal(told(await stage.leaks(gone, [silent(a), flowOf(b, B)])), '');
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    const repairMs = await untilState(world, A.name, 'Ready');
    await untilFlowing(a);
    // Also while it went: never another address.
    const leaks = await stage.leaks(since);
    return { since, leaks, subject: a, repairMs, times: { 'until Blocked': [blockedMs] } };
  },
  control: {
    without: 'the guard and the agent',
    run: (stage) => goesOn(stage),
  },
};

/** The address is gone, and the flows that have it go on with it. */
async function goesOn(stage: LoadStage): Promise<string> {
  const { world, a } = stage;
  try {
    const since = await frozen(
      stage,
      () => removeGuard(stage),
      () => world.removeAddress('enp0s3', ADDRESS),
    );
    return told(await stage.leaks(since, [silent(a)]));
  } finally {
    await world.lab.host.addAddress('enp0s3', ADDRESS);
  }
}

const removedUnattended: Scenario<LoadStage> = {
  id: 'L14',
  title: 'the address is removed with the agent frozen: the kernel blocks from the next packet on',
  run: async (stage) => {
    const { world, a, b } = stage;
    const since = Date.now();
    let gone = since;
    await frozen(stage, async () => {
      gone = await world.removeAddress('enp0s3', ADDRESS);
    });
    assert.equal(told(await stage.leaks(gone, [silent(a), flowOf(b, B)])), '');
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    await untilFlowing(a);
    const leaks = await stage.leaks(since);
    return { since, leaks, subject: a };
  },
  control: removed.control,
};

const moved: Scenario<LoadStage> = {
  id: 'L14',
  title: 'the address moves to the other interface and back',
  run: async (stage) => {
    const { world, a, b } = stage;
    const since = Date.now();
    const there = await world.removeAddress('enp0s3', ADDRESS);
    await world.lab.host.addAddress('enp0s8', ADDRESS);
    await stage.pause();
    const expected = [flowOf(a, { address: A.address, uplink: 'enp0s8' }), flowOf(b, B)];
    assert.equal(told(await stage.leaks(there, expected)), '');
    await world.lab.host.removeAddress('enp0s8', ADDRESS);
    await world.lab.host.addAddress('enp0s3', ADDRESS);
    const repairMs = await untilState(world, A.name, 'Ready');
    await untilFlowing(a);
    const either = [flowOf(a, { address: A.address }), flowOf(b, B)];
    return { since, leaks: await stage.leaks(since, either), subject: a, repairMs };
  },
  control: {
    without: 'the guard and the agent',
    run: async (stage) => {
      const { world, a } = stage;
      try {
        const since = await frozen(
          stage,
          () => removeGuard(stage),
          () => world.removeAddress('enp0s3', ADDRESS),
          () => world.lab.host.addAddress('enp0s8', ADDRESS),
        );
        return told(
          await stage.leaks(since, [flowOf(a, { address: A.address, uplink: 'enp0s8' })]),
        );
      } finally {
        await world.lab.host.removeAddress('enp0s8', ADDRESS);
        await world.lab.host.addAddress('enp0s3', ADDRESS);
      }
    },
  },
};

const linkDown: Scenario<LoadStage> = {
  id: 'L15',
  title: 'the uplink goes down and up',
  run: async (stage) => {
    const { world, b } = stage;
    const since = Date.now();
    await world.lab.host.linkDown('enp0s8');
    const blockedMs = await untilState(world, B.name, 'Blocked');
    await stage.pause();
    await world.lab.host.linkUp('enp0s8');
    const repairMs = await untilState(world, B.name, 'Ready');
    await untilFlowing(b);
    const leaks = await stage.leaks(since);
    return { since, leaks, subject: b, repairMs, times: { 'until Blocked': [blockedMs] } };
  },
  control: {
    without: 'the guard, the closing rule and the agent',
    run: async (stage) => {
      const { world, b } = stage;
      try {
        // The kernel empties the uplink's table with the link, and then the main table decides.
        const since = await frozen(
          stage,
          () => removeGuard(stage),
          () => world.host('ip', 'rule', 'del', 'priority', '4900'),
          () => world.lab.host.linkDown('enp0s8'),
          () => removeUnreachable(world),
        );
        return told(await stage.leaks(since, [flowOf(b, B)]));
      } finally {
        await world.lab.host.linkUp('enp0s8');
      }
    },
  },
};

/** The last line of every way's table, which keeps packets from falling through to the main table. */
async function removeUnreachable(world: World): Promise<void> {
  const routes = await world.host('ip', 'route', 'show', 'table', 'all');
  for (const [, table = ''] of routes.matchAll(/^unreachable default table (4\d\d\d)/gm))
    await world.host('ip', 'route', 'flush', 'table', table);
}

const change = (stage: LoadStage, address: string) =>
  stage.world.agent.call('updateNetwork', {
    params: { name: A.name },
    body: { egress: { ipv4: [address] } },
  });

const changed: Scenario<LoadStage> = {
  id: 'L18',
  title: 'the egress address changes and back, with a long TCP stream and a UDP flow open: reset',
  run: async (stage) => {
    const { a, b } = stage;
    const since = Date.now();
    await change(stage, OTHER.address);
    const acknowledged = Date.now();
    await untilFlowing(a);
    assert.equal(told(await stage.leaks(acknowledged, [flowOf(a, OTHER), flowOf(b, B)])), '');
    await change(stage, A.address);
    const back = Date.now();
    await untilFlowing(a);
    assert.equal(told(await stage.leaks(back)), '');
    const either = { ...flowOf(a, A), sources: [A.address, OTHER.address] };
    const leaks = await stage.leaks(since, [either, flowOf(b, B)]);
    const acknowledgedMs = { 'until acknowledged': [acknowledged - since] };
    return { since, leaks, subject: a, times: acknowledgedMs };
  },
  control: {
    without: 'the guard and the end of flows',
    run: async (stage) => {
      const { a, b } = stage;
      const map = 'element inet sallyport snat4';
      const input = `delete ${map} { 10.208.0.0/24 : ${A.address} }
        add ${map} { 10.208.0.0/24 : ${OTHER.address} }\n`;
      const since = await frozen(
        stage,
        () => removeGuard(stage),
        () => stage.world.lab.host.exec('nft', ['-f', '-'], { input }),
      );
      const words = told(await stage.leaks(since, [flowOf(a, OTHER), flowOf(b, B)]));
      // Both the stream and the UDP flow go on with the former address.
      return words.includes(`udp ${A.address}`) && words.includes(`tcp ${A.address}`) ? words : '';
    },
  },
};

export const addresses: readonly Scenario<LoadStage>[] = [
  removed,
  removedUnattended,
  moved,
  linkDown,
  changed,
];
