import { describe, expect, it } from 'vitest';
import { LABEL_MANAGED } from '../../src/constants.ts';
import { type FakeAgent, startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import type { FaultMoment } from '../fakes/mutations.ts';
import { CHANGES, FIRST, type KindOfChange } from './changes.ts';
import { findUnguarded } from './guarded.ts';

/* A fault at each call that changes the host, for every kind of change. */

interface Scene {
  readonly host: FakeHost;
  readonly agent: FakeAgent;
  readonly violations: string[];
}

/** A host just before the change; from here on every single call is watched. */
async function setScene({ prepare }: KindOfChange): Promise<Scene> {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await prepare(agent, host);
  const violations: string[] = [];
  host.mutations.onMutation = (name) => {
    const found = findUnguarded(host, host.nft.elements);
    violations.push(
      ...found.map((line) => `after call ${host.mutations.count} (${name}): ${line}`),
    );
  };
  return { host, agent, violations };
}

/** Without a fault: the host before and after, and how many calls lie between. */
async function rehearse(kind: KindOfChange) {
  const { host, agent, violations } = await setScene(kind);
  const before = await essence(host);
  const begin = host.mutations.count;
  await kind.change(agent);
  return { before, after: await essence(host), calls: host.mutations.count - begin, violations };
}

/**
 * What the promise is about. Slots stay with their ways when nobody needs them, sysctls stay set,
 * identities are given anew, and a flow that was ended is not made anew.
 */
async function essence(host: FakeHost): Promise<string> {
  const [text = ''] = (await host.dump()).split('# conntrack');
  return text
    .trimEnd()
    .replaceAll(/^(net\/|reply_ways:| {2}0x).*\n/gm, '')
    .replaceAll(/way_\d+/g, 'way')
    .replaceAll(/network-id=\S+/g, 'network-id');
}

/** The desired state and the host agree, and nothing is left to do. */
async function settle(agent: FakeAgent): Promise<void> {
  const report = await agent.run('after the fault');
  expect(report.failures).toEqual([]);
  expect((await agent.run('once more')).done).toEqual([]);
}

describe.each(CHANGES)('a fault while asked to $name', (kind) => {
  it('has calls to fail at, and is guarded after each of them', async () => {
    const { calls, violations, before, after } = await rehearse(kind);
    expect(calls).toBeGreaterThan(1);
    expect(after).not.toBe(before);
    expect(violations).toEqual([]);
  });

  it.each<FaultMoment>(['before', 'after'])('one call fails %s its effect', async (moment) => {
    const { before, after, calls } = await rehearse(kind);
    for (let n = 1; n <= calls; n++) {
      const { host, agent, violations } = await setScene(kind);
      host.mutations.failAt(n, moment);
      const accepted = await kind.change(agent).then(
        () => true,
        () => false,
      );
      host.mutations.heal();
      await settle(agent);
      const where = `${moment} call ${n}: ${host.mutations.log.at(-1)}`;
      expect(violations, where).toEqual([]);
      expect(await essence(host), where).toBe(accepted ? after : before);
    }
  });

  it.each<FaultMoment>(['before', 'after'])('the agent dies %s a call', async (moment) => {
    const { before, after, calls } = await rehearse(kind);
    for (let n = 1; n <= calls; n++) {
      const { host, agent, violations } = await setScene(kind);
      host.mutations.killAt(n, moment);
      await kind.change(agent).catch(() => undefined);
      host.mutations.heal();
      await settle(await startFakeAgent(host));
      const where = `${moment} call ${n}`;
      expect(violations, where).toEqual([]);
      expect([before, after], where).toContain(await essence(host));
    }
  });
});

describe('the watch itself', () => {
  it('sees a Docker network that is there before its guard', async () => {
    const { host, violations } = await setScene({ ...FIRST, prepare: async () => undefined });
    await host.ports.docker.createNetwork({
      name: 'early',
      bridge: 'early',
      subnet: '10.208.0.0/24',
      gateway: '10.208.0.1',
      ipv6: null,
      reserved: {},
      labels: { [LABEL_MANAGED]: 'true' },
    });
    expect(violations).toContain(
      'after call 1 (docker.createNetwork): early: 10.208.0.0/24 is not managed',
    );
  });

  it('sees a network whose guard is gone', async () => {
    const { host, agent } = await setScene(FIRST);
    await FIRST.change(agent);
    expect(findUnguarded(host, host.nft.elements)).toEqual([]);
    host.nft.loseElement('managed4', '10.208.0.0/24');
    host.kernel.rules.clear();
    expect(findUnguarded(host, host.nft.elements)).toEqual([
      'z_custom_a: 10.208.0.0/24 is not managed',
      'z_custom_a: routing does not close',
    ]);
  });
});
