import { describe, expect, it } from 'vitest';
import { executeStep } from '../../src/execute/executors.ts';
import { planCleanup } from '../../src/plan/plan-cleanup.ts';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A, B } from '../reconcile/changes.ts';

async function stepsFor({ ports }: FakeHost) {
  const { rules, routes } = await ports.routing.observe();
  return planCleanup({
    table: await ports.nft.listTable(),
    rules,
    routes,
    docker: await ports.docker.networks(),
    dockerUser: await ports.iptables.dockerUserRules(),
    shapes: await ports.shaping.observe(),
  });
}

/** Kernel parameters stay: what else on the host needs them by now is not known. */
const withoutSysctls = (dump: string) => dump.replaceAll(/^net\/.*\n/gm, '');

async function usedHost() {
  const host = createGuideHost();
  host.iptables.dockerUser = [
    ['-s', '10.0.0.0/8', '-j', 'DROP'],
    ['-j', 'RETURN'],
  ];
  const before = withoutSysctls(await host.dump());
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  await agent.networks.create(
    { ...B, bandwidth: { upload: 1_000_000, download: 2_000_000 } },
    null,
  );
  return { host, before };
}

describe('cleaning up', () => {
  it('leaves the host as it was, without knowing what was stored', async () => {
    const { host, before } = await usedHost();
    expect(withoutSysctls(await host.dump())).not.toBe(before);
    host.store.wipe();
    for (const step of await stepsFor(host)) await executeStep(step, host.ports);
    expect(withoutSysctls(await host.dump())).toBe(before);
    expect(await stepsFor(host)).toEqual([]);
  });

  it('takes the guard away last, when no network of ours is left', async () => {
    const { host } = await usedHost();
    expect((await stepsFor(host)).map(({ kind }) => kind)).toEqual([
      'bandwidth.set',
      'docker.remove',
      'docker.remove',
      'docker-user.set',
      'routing.change',
      'table.delete',
    ]);
  });

  it('has nothing to do where no agent has been', async () => {
    expect(await stepsFor(createGuideHost())).toEqual([]);
  });

  it('goes on where one before it was stopped', async () => {
    const { host, before } = await usedHost();
    const steps = await stepsFor(host);
    for (let done = 0; done < steps.length; done++) {
      const [first] = await stepsFor(host);
      if (first !== undefined) await executeStep(first, host.ports);
    }
    expect(withoutSysctls(await host.dump())).toBe(before);
  });
});
