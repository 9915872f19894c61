import { expect, test, vi } from 'vitest';
import { createFakeAgent } from '../../test/fake-agent.ts';
import { makeStage } from '../../test/stage.ts';
import type { AgentLink } from './agent-link.ts';
import { createAgentProbe } from './agent-probe.ts';

test('readiness tells whether the agent answers, and does not hang on it', async () => {
  const stage = await makeStage();
  const ready = () => stage.call({}, { method: 'GET', path: '/readyz' });
  const answer = await ready();
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', agent: 'reachable' }]);

  stage.agent.reachable = false;
  stage.clock.now += 2_000;
  const later = await ready();
  expect([later.statusCode, later.json()]).toEqual([200, { status: 'ok', agent: 'unreachable' }]);
});

test('many who ask are one question to the agent within two seconds', async () => {
  const agent = createFakeAgent();
  let now = 10_000;
  const probe = createAgentProbe(agent.link, () => now);
  await Promise.all([probe(), probe(), probe()]);
  now += 1_999;
  await probe();
  expect(agent.asked).toHaveLength(1);
  now += 1;
  await probe();
  expect(agent.asked).toHaveLength(2);
  now -= 60_000;
  await probe();
  expect(agent.asked).toHaveLength(3);
});

test('an agent that takes the question and never answers is not reachable', async () => {
  const silent = vi.fn<() => Promise<never>>(() => Promise.withResolvers<never>().promise);
  const link: AgentLink = { ...createFakeAgent().link, as: () => silent };
  const began = Date.now();
  expect(await createAgentProbe(link, Date.now)()).toBe('unreachable');
  expect(silent).toHaveBeenCalledOnce();
  expect(Date.now() - began).toBeLessThan(10_000);
});
