import assert from 'node:assert/strict';
import { A, flowOf, told, until } from '../../support/world.ts';
import type { PlaceStage } from '../place-stage.ts';
import type { Scenario } from '../scenario.ts';

/* Ways out that are not the network's: found, and stopped where the network is strict. */

const ASIDE = { name: 'aside', subnet: '172.30.0.0/24', gateway: '172.30.0.1' } as const;
const FOUND_WITHIN_MS = 1_000;
const TRIES = 5;

async function isFound({ world, a }: PlaceStage): Promise<boolean> {
  const found = await world.agent.call('violations', { query: { network: A.name } });
  return found.some(
    ({ kind, container }) => kind === 'other-network' && container.name === a.container.name,
  );
}

function setStrict({ world }: PlaceStage, strict: boolean): Promise<unknown> {
  return world.agent.call('updateNetwork', { params: { name: A.name }, body: { strict } });
}

/** Connects the container to another network, and sends by it; answers since when, and the time to find it. */
async function leaveAside(stage: PlaceStage): Promise<{ since: number; foundMs: number }> {
  const { world, a } = stage;
  await world.lab.docker(['network', 'create', '--subnet', ASIDE.subnet, ASIDE.name]);
  await world.lab.docker(['network', 'connect', ASIDE.name, a.container.name]);
  const foundMs = await until('the second network is found', () => isFound(stage));
  await a.container.exec('ip', ['route', 'replace', 'default', 'via', ASIDE.gateway]);
  const since = Date.now();
  for (let count = 0; count < TRIES; count++)
    await a.container.traffic('tcp', ['--target', a.target, '--timeout', '0.2']);
  return { since, foundMs };
}

async function comeBack(stage: PlaceStage): Promise<void> {
  const { world, a } = stage;
  await world.lab.docker(['network', 'disconnect', ASIDE.name, a.container.name]);
  await world.lab.docker(['network', 'rm', ASIDE.name]);
  await until('the violation is over', async () => !(await isFound(stage)));
  await setStrict(stage, false);
}

const secondNetwork: Scenario<PlaceStage> = {
  id: 'L12',
  title: 'another network is connected to a container of a strict network',
  run: async (stage) => {
    await setStrict(stage, true);
    try {
      const { since, foundMs } = await leaveAside(stage);
      assert.ok(foundMs < FOUND_WITHIN_MS, `found after ${foundMs} ms`);
      const leaks = await stage.world.leaks(since, [flowOf(stage.a, A)]);
      const delivered = await stage.world.packetsTo(stage.a.target, since);
      return { since, leaks, figures: { sent: TRIES, delivered }, times: { found: [foundMs] } };
    } finally {
      await comeBack(stage);
    }
  },
  control: {
    without: 'the network being strict',
    run: async (stage) => {
      try {
        const { since } = await leaveAside(stage);
        return told(await stage.world.leaks(since, [flowOf(stage.a, A)]));
      } finally {
        await comeBack(stage);
      }
    },
  },
};

export const otherNetworks: readonly Scenario<PlaceStage>[] = [secondNetwork];
