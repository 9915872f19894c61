import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutDockerIsolation, withoutProtection } from '../../support/protection.ts';
import { A, B, flowOf, told, until } from '../../support/world.ts';
import type { PlaceStage } from '../place-stage.ts';
import type { Control, Scenario } from '../scenario.ts';

/* Kernel parameters that somebody sets otherwise. */

async function askBoth({ a, b }: PlaceStage): Promise<readonly boolean[]> {
  const results = [a, b].map(async ({ container, target }) => {
    const { ok } = await container.traffic('tcp', ['--target', target, '--timeout', '1.5']);
    return ok;
  });
  return Promise.all(results);
}

/** The parameter set so, without us: Docker's networks without translation are seen as they are. */
function control(set: (stage: PlaceStage) => Promise<unknown>): Control<PlaceStage> {
  return {
    without: 'our table and rules',
    run: async (stage) => {
      await withoutProtection(stage.world);
      await withoutDockerIsolation(stage.world);
      await set(stage);
      const since = Date.now();
      await askBoth(stage);
      const flows = [flowOf(stage.a, A), flowOf(stage.b, B)];
      const words = told(await stage.world.leaks(since, flows));
      await stage.world.lab.host.setRpFilter(2);
      return words;
    },
  };
}

function rpFilter(mode: 0 | 1 | 2): Scenario<PlaceStage> {
  return {
    id: 'L36',
    title: `rp_filter ${mode}: both ways work`,
    run: async (stage) => {
      const { world, a, b } = stage;
      await world.lab.host.setRpFilter(mode);
      const since = Date.now();
      assert.deepEqual(await askBoth(stage), [true, true]);
      const leaks = await world.leaks(since, [flowOf(a, A), flowOf(b, B)]);
      await world.lab.host.setRpFilter(2);
      return { since, leaks, figures: { sent: 2, delivered: 2 } };
    },
    // Strict checking would hide what leaves: the container's packet comes by its own bridge.
    control: control((stage) => stage.world.lab.host.setRpFilter(mode)),
  };
}

const forwardingOff: Scenario<PlaceStage> = {
  id: 'L36',
  title: 'forwarding is switched off: nothing leaves, and doctor says why or the agent mends it',
  run: async (stage) => {
    const { world, a, b } = stage;
    const since = Date.now();
    await world.host('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0');
    await askBoth(stage);
    const begun = performance.now();
    // Nobody tells of a changed parameter: the next look finds it.
    await world.agent.call('updateNetwork', {
      params: { name: A.name },
      body: { egress: { ipv4: [A.address] } },
    });
    await until('both get answers', async () => (await askBoth(stage)).every(Boolean));
    const repairMs = performance.now() - begun;
    const leaks = await world.leaks(since, [flowOf(a, A), flowOf(b, B)]);
    return { since, leaks, repairMs, figures: { sent: 4, delivered: 2 } };
  },
  control: control((stage) => stage.world.host('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1')),
};

const bridgeFilterOff: Scenario<PlaceStage> = {
  id: 'L36',
  title: 'br_netfilter is switched off: neighbours on one bridge stay apart',
  run: async (stage) => {
    const { world, a, b } = stage;
    const key = 'net.bridge.bridge-nf-call-iptables';
    const since = Date.now();
    await world.host('sysctl', '-q', '-w', `${key}=0`);
    await sleep(100);
    assert.deepEqual(await askBoth(stage), [true, true]);
    const beside = stage.places['a container of the same network'] ?? '';
    const reached = await stage.reached(beside);
    const doctor = await world.agent.call('doctor', {});
    const finding = doctor.find(({ check }) => check.includes('bridge'));
    await world.host('sysctl', '-q', '-w', `${key}=1`);
    // Without it frames between ports of one bridge pass no hook: it works, or the doctor says so.
    assert.ok(
      !reached || finding?.level !== 'ok',
      'containers reach each other and nobody says so',
    );
    const leaks = await world.leaks(since, [flowOf(a, A), flowOf(b, B)]);
    return { since, leaks, figures: { sent: 3, delivered: 2 } };
  },
  control: control((stage) =>
    stage.world.host('sysctl', '-q', '-w', 'net.bridge.bridge-nf-call-iptables=0'),
  ),
};

export const sysctls: readonly Scenario<PlaceStage>[] = [
  rpFilter(0),
  rpFilter(1),
  rpFilter(2),
  forwardingOff,
  bridgeFilterOff,
];
