import type { AgentEvent } from '@sallyport/contract/host';
import type { LiveEvent } from '@sallyport/contract/server/live-endpoints';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeStage } from '../../test/stage.ts';

const event = (more: Partial<AgentEvent>): AgentEvent => ({
  id: 'id',
  at: 1,
  kind: 'network.state',
  network: 'z_custom_a',
  message: 'Ready -> Blocked',
  reason: 'ip monitor',
  actor: null,
  ...more,
});

async function begin({ reachable = true } = {}) {
  const stage = await makeStage();
  stage.agent.reachable = reachable;
  const { live, news, keeper, sessions } = stage.desktops;
  const told: Omit<LiveEvent, 'at'>[] = [];
  vi.spyOn(live, 'publish').mockImplementation((one) => void told.push(one));
  const compare = vi.spyOn(keeper, 'compare');
  const forget = vi.spyOn(sessions, 'forgetNetworks');
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  void news.run(ending.signal);
  return { stage, told, compare, forget };
}

test('what the host does to a network is told at once, and its state is asked for again', async () => {
  const { stage, told, forget } = await begin();
  await expect
    .poll(() => {
      stage.agent.tell(event({}));
      return told.length;
    })
    .toBeGreaterThan(0);
  expect(told[0]).toEqual({ kind: 'network', id: 'z_custom_a', change: 'updated' });
  expect(forget).toHaveBeenCalled();
});

test('what happens to a container has the sessions compared with the host', async () => {
  const { stage, told, compare } = await begin();
  await expect
    .poll(() => {
      stage.agent.tell(event({ kind: 'session.ended', session: 'one', network: 'z_custom_a' }));
      return compare.mock.calls.length;
    })
    .toBeGreaterThan(0);
  expect(told.filter(({ kind }) => kind === 'network')).toEqual([]);
});

test('an agent that is away is followed when it is back', async () => {
  const { stage, told } = await begin({ reachable: false });
  stage.agent.reachable = true;
  await expect
    .poll(
      () => {
        stage.agent.tell(event({ kind: 'host.changed', network: 'z_custom_b' }));
        return told.map(({ id }) => id);
      },
      { timeout: 5_000 },
    )
    .toContain('z_custom_b');
});
