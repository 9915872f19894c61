import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilFlowing } from '../../support/figures.ts';
import { A, B, flowOf, until } from '../../support/world.ts';
import { bare, frozen } from '../controls.ts';
import type { Scenario } from '../scenario.ts';
import type { LoadStage } from '../stage.ts';

/* The agent dies, sleeps, forgets; networks come and go under it while others send. */

const table = ({ world }: LoadStage) =>
  world.host('nft', '-s', 'list', 'table', 'inet', 'sallyport');

/** A minute is what the long form grants a sleeping agent. */
const SLEEP_MS = 60_000;

const asleep: Scenario<LoadStage> = {
  id: 'L4',
  title: 'the agent is stopped (SIGSTOP): the data plane goes on',
  run: async (stage) => {
    const since = await frozen(stage);
    if (stage.long) await sleep(SLEEP_MS);
    await stage.untilBothFlow();
    const leaks = await stage.leaks(since);
    return { since, leaks, subject: stage.a };
  },
  control: bare(async () => undefined),
};

const killed: Scenario<LoadStage> = {
  id: 'L4',
  title: 'the agent is killed (-9) and started again: the data plane goes on, the table stays',
  run: async (stage) => {
    const { world } = stage;
    const before = await table(stage);
    const since = Date.now();
    world.agent.signal('SIGKILL');
    await stage.pause();
    await stage.untilBothFlow();
    const begun = performance.now();
    await world.agent.start();
    await until('it has looked at everything', async () => {
      const { agent } = await world.agent.call('host', {});
      return (agent.lastReconcile?.at ?? 0) >= since;
    });
    const times = { 'until it answers again': [performance.now() - begun] };
    assert.equal(await table(stage), before);
    await stage.untilBothFlow();
    return { since, leaks: await stage.leaks(since), subject: stage.a, times };
  },
  control: bare(async () => undefined),
};

const code = (error: { readonly code?: string }) => error.code;

/** The stored state is damaged or gone; the agent must say so, touch nothing, and begin anew when told. */
function lost(how: 'damaged' | 'emptied'): Scenario<LoadStage> {
  return {
    id: 'L5',
    title: `the agent starts with a state directory that was ${how}`,
    run: async (stage) => {
      const { world } = stage;
      const document = await world.agent.call('exportDocument', {});
      const since = Date.now();
      world.agent.signal('SIGKILL');
      const state = join(world.agent.stateDir, 'state.json');
      if (how === 'damaged') await writeFile(state, '{"format":1,');
      else await rm(world.agent.stateDir, { recursive: true });
      const before = await table(stage);
      await world.agent.start();
      assert.equal(await world.agent.call('listNetworks', {}).catch(code), 'state_lost');
      const doctor = await world.agent.call('doctor', {});
      assert.equal(doctor.find(({ check }) => check === 'state')?.level, 'error');
      assert.equal(await table(stage), before);
      const half = { networks: document.networks.slice(0, 1) };
      assert.equal(
        await world.agent.call('apply', { body: { document: half } }).catch(code),
        'state_lost',
      );
      await stage.pause();
      await world.agent.call('apply', { body: { document } });
      const kept = (await readdir(world.agent.stateDir)).filter((name) =>
        name.includes('.damaged-'),
      );
      assert.equal(kept.length, how === 'damaged' ? 1 : 0, 'what could not be read is kept');
      const networks = await world.agent.call('listNetworks', {});
      assert.deepEqual(
        networks.map((network) => `${network.name} ${network.state}`),
        [`${A.name} Ready`, `${B.name} Ready`],
      );
      await stage.untilBothFlow();
      return { since, leaks: await stage.leaks(since), subject: stage.a };
    },
    // What an agent that took "nothing stored" for "nothing wanted" would do.
    control: bare(async () => undefined),
  };
}

const OTHER = { address: '192.168.4.53', uplink: 'enp0s3' } as const;

const comesAndGoes: Scenario<LoadStage> = {
  id: 'L2',
  title: 'a network is created, updated and deleted while its container sends',
  run: async (stage) => {
    const { world, flows } = stage;
    const since = Date.now();
    const { agent } = world;
    const name = 'z_brief';
    await agent.call('createNetwork', { body: { name, egress: { ipv4: [A.address] } } });
    const subject = await world.subject(`brief-${since}`, name, { load: true });
    await untilFlowing(subject);
    const params = { name };
    const body = { egress: { ipv4: [OTHER.address] } };
    await agent.call('updateNetwork', { params, body });
    const updated = Date.now();
    await untilFlowing(subject);
    await stage.pause();
    const after = await stage.leaks(updated, [...flows, flowOf(subject, OTHER)]);
    const finding = { since, subject: { ...subject, container: stage.a.container } };
    assert.equal(await agent.call('deleteNetwork', { params }).catch(code), 'network_in_use');
    await subject.container.remove();
    await agent.call('deleteNetwork', { params });
    await sleep(200);
    const either = { ...flowOf(subject, A), sources: [A.address, OTHER.address] };
    const leaks = [...after, ...(await stage.leaks(since, [...flows, either]))];
    return { ...finding, leaks };
  },
  control: {
    without: 'the networks’ rules: made by hand, without translation',
    run: async ({ world }) => {
      const name = 'z_by_hand';
      const masquerade = 'com.docker.network.bridge.enable_ip_masquerade=false';
      await world.lab.docker(['network', 'create', '--opt', masquerade, name]);
      try {
        const since = Date.now();
        const subject = await world.subject(`hand-${since}`, name, { load: true });
        await sleep(1_000);
        const leaks = await world.containerLeaks(since, [flowOf(subject, B)]);
        await subject.container.remove();
        return leaks.length === 0 ? '' : `${leaks.length} packets`;
      } finally {
        await world.lab.docker(['network', 'rm', name]);
      }
    },
  },
};

export const agentLife: readonly Scenario<LoadStage>[] = [
  comesAndGoes,
  asleep,
  killed,
  lost('damaged'),
  lost('emptied'),
];
