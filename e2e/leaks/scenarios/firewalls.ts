import assert from 'node:assert/strict';
import { A, silent, until } from '../../support/world.ts';
import { bare } from '../controls.ts';
import type { Scenario } from '../scenario.ts';
import type { LoadStage } from '../stage.ts';
import { untilRunning } from './boots.ts';

/*
 * Somebody flushes or replaces the rules of iptables, Docker's among them. Docker does not notice, and what it has
 * left is the policy of FORWARD, which drops.
 */

async function flushIptables({ world }: LoadStage): Promise<void> {
  await world.host('iptables', '-F');
  await world.host('iptables', '-t', 'nat', '-F');
}

/** As a firewall program does when it starts: all that there was is gone, chains included. */
const ITS_RULES = ['*filter', ':INPUT ACCEPT', ':FORWARD DROP', ':OUTPUT ACCEPT', 'COMMIT', ''];

function replaceIptables({ world }: LoadStage): Promise<unknown> {
  return world.lab.host.exec('iptables-restore', [], { input: ITS_RULES.join('\n') });
}

async function restartDocker(stage: LoadStage): Promise<void> {
  await stage.world.lab.daemon.restart();
  await untilRunning(stage);
}

const showA = ({ world }: LoadStage) =>
  world.agent.call('showNetwork', { params: { name: A.name } });

/** What is told of iptables; empty when it is as Docker made it. */
async function forwarding(stage: LoadStage): Promise<string> {
  const { conditions } = await showA(stage);
  const found = conditions.find(({ type }) => type === 'Forwarding');
  return found === undefined ? '' : `${found.message}; ${found.remedy}`;
}

const open = async (stage: LoadStage): Promise<unknown> =>
  stage.world.host('iptables', '-P', 'FORWARD', 'ACCEPT');

const leadsOn = (stage: LoadStage): Promise<number> =>
  until('FORWARD leads to DOCKER-USER again', async () =>
    (await stage.world.host('iptables', '-S', 'FORWARD')).includes('-j DOCKER-USER'),
  );

const flushed: Scenario<LoadStage> = {
  id: 'L8',
  title:
    'iptables -F, of FORWARD alone and of all, also in its table nat: forwarded again, and told, without Docker’s help',
  run: async (stage) => {
    const since = Date.now();
    try {
      // The chain alone: nft tells of it by the chain's name and nothing else.
      await stage.world.host('iptables', '-F', 'FORWARD');
      await leadsOn(stage);
      await flushIptables(stage);
      const repairMs = await leadsOn(stage);
      await stage.untilBothFlow();
      await stage.pause();
      assert.equal((await showA(stage)).state, 'Ready');
      assert.match(await forwarding(stage), /published ports.*systemctl restart docker/);
      const leaks = await stage.leaks(since);
      return { since, leaks, subject: stage.a, repairMs };
    } finally {
      await restartDocker(stage);
      await until('nothing is told of iptables', async () => (await forwarding(stage)) === '');
    }
  },
  control: bare(async (stage) => {
    await flushIptables(stage);
    await open(stage);
  }),
};

const replaced: Scenario<LoadStage> = {
  id: 'L8',
  title:
    'a firewall program replaces iptables’ rules and drops: Blocked with the remedy, until Docker is restarted',
  run: async (stage) => {
    const since = Date.now();
    try {
      await replaceIptables(stage);
      await until('it is told', async () => (await showA(stage)).state === 'Blocked');
      const blockedSince = Date.now();
      assert.match((await showA(stage)).remedy, /systemctl restart docker/);
      await stage.pause();
      const others = [silent(stage.a), silent(stage.b)];
      assert.deepEqual(await stage.leaks(blockedSince, others), []);
    } finally {
      await restartDocker(stage);
    }
    const repairMs = await until(
      'it is Ready again',
      async () => (await showA(stage)).state === 'Ready',
    );
    await stage.untilBothFlow();
    return { since, leaks: await stage.leaks(since), subject: stage.a, repairMs };
  },
  control: bare(async (stage) => {
    await replaceIptables(stage);
    await open(stage);
  }),
};

export const firewalls: readonly Scenario<LoadStage>[] = [flushed, replaced];
