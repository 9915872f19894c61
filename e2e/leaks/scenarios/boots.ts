import assert from 'node:assert/strict';
import type { DaemonOptions } from '@sallyport/lab/docker/configuration';
import { setTimeout as sleep } from 'node:timers/promises';
import { totalSince } from '../../support/figures.ts';
import { shutDown } from '../../support/reboot.ts';
import { silent, told, until } from '../../support/world.ts';
import { bare } from '../controls.ts';
import type { Control, Scenario } from '../scenario.ts';
import { type LoadStage, seen } from '../stage.ts';

/*
 * Boots, and Docker's own comings and goings. Containers with a restart policy start to send as soon as
 * Docker does, whether or not an agent is there.
 */

const LATE_MS = 30_000;

export async function untilRunning({ world, a, b }: LoadStage): Promise<void> {
  await until(
    'the containers are back',
    async () => {
      const { stdout } = await world.lab.docker(['ps', '--format', '{{.Names}}']);
      return [a, b].every(({ container }) => stdout.split('\n').includes(container.name));
    },
    30_000,
  );
}

/** Boots without the stored guard: what the containers send is seen before anybody could protect it. */
const unguardedBoot: Control<LoadStage> = {
  without: 'the stored guard',
  run: async (stage) => {
    const { world, a } = stage;
    await shutDown(world);
    const since = Date.now();
    await world.lab.daemon.start();
    await until('packets are seen', async () => (await world.packetsTo(a.target, since)) > 20);
    return seen(stage, since);
  },
};

const late: Scenario<LoadStage> = {
  id: 'L3',
  title:
    'Docker starts its containers before the agent, which comes late: blocked by the stored guard',
  run: async (stage) => {
    const { world, a, b } = stage;
    await shutDown(world);
    const since = Date.now();
    assert.equal((await world.agent.run('agent', 'guard')).code, 0);
    await world.lab.daemon.start();
    await untilRunning(stage);
    await until('it sends', async () => (await totalSince(a, since)).sent > 200);
    if (stage.long) await sleep(LATE_MS);
    assert.equal(told(await stage.leaks(since, [silent(a), silent(b)])), '');
    const begun = performance.now();
    await world.agent.start();
    await stage.untilBothFlow();
    const repairMs = performance.now() - begun;
    return { since, leaks: await stage.leaks(since), subject: a, repairMs };
  },
  control: unguardedBoot,
};

const never: Scenario<LoadStage> = {
  id: 'L3',
  title: 'the agent never starts: blocked for as long as the guard is there',
  run: async (stage) => {
    const { world, a, b } = stage;
    await shutDown(world);
    const since = Date.now();
    assert.equal((await world.agent.run('agent', 'guard')).code, 0);
    await world.lab.daemon.start();
    await untilRunning(stage);
    await until('it sends', async () => (await totalSince(a, since)).sent > 200);
    await stage.pause();
    const leaks = await stage.leaks(since, [silent(a), silent(b)]);
    return { since, leaks, subject: a };
  },
  control: unguardedBoot,
};

/** Docker does something; nothing leaks meanwhile, and both loads flow afterwards. */
function docker(title: string, act: (stage: LoadStage) => Promise<void>): Scenario<LoadStage> {
  return {
    id: 'L10',
    title,
    run: async (stage) => {
      const since = Date.now();
      await act(stage);
      await untilRunning(stage);
      await stage.untilBothFlow();
      const leaks = await stage.leaks(since);
      return { since, leaks, subject: stage.a };
    },
    control: bare(act),
  };
}

const restart = (options?: DaemonOptions) => (stage: LoadStage) =>
  stage.world.lab.daemon.restart(options);

async function kill(stage: LoadStage): Promise<void> {
  await stage.world.lab.daemon.kill();
  await stage.pause();
  await stage.world.lab.daemon.start();
}

export const boots: readonly Scenario<LoadStage>[] = [
  docker('dockerd is restarted with its containers', restart()),
  docker('dockerd is killed and started again: the load goes on', kill),
  late,
  never,
  docker('dockerd is restarted with live-restore: the load goes on', async (stage) => {
    await restart({ liveRestore: true })(stage);
    await untilRunning(stage);
    await restart({ liveRestore: true })(stage);
  }),
];
