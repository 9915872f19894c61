import assert from 'node:assert/strict';
import { A, flowOf } from '../../support/world.ts';
import type { PlaceStage } from '../place-stage.ts';
import type { Scenario } from '../scenario.ts';

/* Where a network may connect to, by lists of its own: the longest prefix decides. */

const OUTSIDE = '198.51.100.10';
const ROUTER = '192.168.4.1';

interface Lists {
  readonly preset: 'internet-only' | 'lan-allowed';
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

const NONE: Lists = { preset: 'lan-allowed', allow: [], deny: [] };

async function setLists({ world }: PlaceStage, lists: Lists): Promise<void> {
  const destinations = { ...lists, allow: [...lists.allow], deny: [...lists.deny] };
  const body = { destinations };
  await world.agent.call('updateNetwork', { params: { name: A.name }, body });
}

/** Which of them answer, and which of them any packet went to. */
async function reachable(stage: PlaceStage, targets: readonly string[]) {
  const since = Date.now();
  const answering: string[] = [];
  for (const target of targets) if (await stage.reached(target)) answering.push(target);
  const packets = await Promise.all(targets.map((target) => stage.world.packetsTo(target, since)));
  return { since, answering, seen: targets.filter((_, index) => (packets[index] ?? 0) > 0) };
}

export const destinations: readonly Scenario<PlaceStage>[] = [
  {
    id: 'L31',
    title: 'destinations on the allow and deny lists: the longest prefix decides',
    run: async (stage) => {
      const { a, world } = stage;
      const targets = [a.target, OUTSIDE, ROUTER];
      const allow = [`${a.target}/32`];
      const begun = Date.now();
      await setLists(stage, { preset: 'lan-allowed', allow, deny: ['198.51.100.0/24'] });
      const listed = await reachable(stage, targets);
      await setLists(stage, { preset: 'internet-only', allow: [], deny: [] });
      const preset = await reachable(stage, targets);
      await setLists(stage, NONE);
      assert.deepEqual(
        [listed.answering, listed.seen],
        [
          [a.target, ROUTER],
          [a.target, ROUTER],
        ],
      );
      assert.deepEqual(
        [preset.answering, preset.seen],
        [
          [a.target, OUTSIDE],
          [a.target, OUTSIDE],
        ],
      );
      const leaks = await world.leaks(begun, [flowOf(a, A)]);
      return { since: begun, leaks, figures: { sent: 6, delivered: 4 } };
    },
    control: {
      without: 'the lists',
      run: async (stage) => {
        await setLists(stage, NONE);
        const { seen } = await reachable(stage, [OUTSIDE, ROUTER]);
        return seen.length === 2 ? `reached: ${seen.join(', ')}` : '';
      },
    },
  },
];
