import { expect, test } from 'vitest';
import { networkNamed } from '../../test/fake-agent.ts';
import { makeStage, type Sender, type Stage } from '../../test/stage.ts';

const PATH = '/api/v1/networks';

async function begin() {
  const stage = await makeStage();
  return { stage, admin: await stage.signIn('admin', stage.adminPassword) };
}

async function actions(stage: Stage, admin: Sender): Promise<string[]> {
  const path = '/api/v1/audit?object=z_custom_a';
  const log = await stage.call(admin, { method: 'GET', path });
  return log.json<{ items: { action: string }[] }>().items.map(({ action }) => action);
}

test('a network is made by the agent, in the name of who asks, and the log has it', async () => {
  const { stage, admin } = await begin();
  const body = { name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } };
  const made = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(made.statusCode).toBe(201);
  expect(made.json()).toMatchObject({ name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } });
  expect(stage.agent.asked).toMatchObject([{ actor: 'admin', name: 'createNetwork' }]);
  expect((await stage.call(admin, { method: 'GET', path: PATH })).json()).toHaveLength(1);
  const verified = await stage.call(admin, { method: 'POST', path: `${PATH}/z_custom_a/verify` });
  expect(verified.json()).toMatchObject([{ observed: '192.168.4.153', ok: true }]);
  await stage.call(admin, { method: 'DELETE', path: `${PATH}/z_custom_a` });
  expect(await actions(stage, admin)).toEqual(['network.delete', 'network.create']);
});

test('a refusal of the agent goes through with its own code, and the log has it too', async () => {
  const { stage, admin } = await begin();
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const body = { name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } };
  const refused = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(refused.json()).toMatchObject({ code: 'network_exists' });
  expect(await actions(stage, admin)).toEqual(['network.create-refused', 'network.create']);
});

test('what is wrong is told by its field before the agent is asked', async () => {
  const { stage, admin } = await begin();
  const body = { name: 'z_custom_a', egress: { ipv4: ['127.0.0.1'] } };
  const refused = await stage.call(admin, { method: 'POST', path: PATH, body });
  expect(refused.json()).toMatchObject({
    code: 'invalid_input',
    errors: [{ field: 'egress.ipv4[0]' }],
  });
  expect(stage.agent.asked).toEqual([]);
});

test('a network that images are restricted to is not deleted', async () => {
  const { stage, admin } = await begin();
  stage.agent.networks.set('z_custom_a', networkNamed('z_custom_a'));
  const image = {
    name: 'Desktop',
    dockerImage: 'x:1',
    restrictToNetwork: true,
    networks: ['z_custom_a'],
  };
  await stage.call(admin, { method: 'POST', path: '/api/v1/images', body: image });
  const path = `${PATH}/z_custom_a`;
  const refused = await stage.call(admin, { method: 'DELETE', path });
  expect(refused.json()).toMatchObject({
    code: 'network_in_use',
    detail: expect.stringContaining('Desktop') as string,
  });
  expect(stage.agent.networks.has('z_custom_a')).toBe(true);
});

test('a file is applied by the agent, but for networks that images are restricted to', async () => {
  const { stage, admin } = await begin();
  stage.agent.networks.set('z_custom_b', networkNamed('z_custom_b'));
  const apply = (more: Readonly<Record<string, unknown>>) => {
    const networks = [{ name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } }];
    const body = { document: { networks }, ...more };
    return stage.call(admin, { method: 'POST', path: '/api/v1/apply', body });
  };
  const planned = await apply({ dryRun: true, prune: true });
  expect(planned.json()).toMatchObject({ applied: false });
  expect([...stage.agent.networks.keys()]).toEqual(['z_custom_b']);
  const image = { name: 'D', dockerImage: 'x', restrictToNetwork: true, networks: ['z_custom_b'] };
  await stage.call(admin, { method: 'POST', path: '/api/v1/images', body: image });
  expect((await apply({ prune: true })).json()).toMatchObject({ code: 'network_in_use' });
  expect([...stage.agent.networks.keys()]).toEqual(['z_custom_b']);
  expect((await apply({})).json()).toMatchObject({ applied: true });
  expect([...stage.agent.networks.keys()]).toEqual(['z_custom_b', 'z_custom_a']);
  const log = await stage.call(admin, { method: 'GET', path: '/api/v1/audit?limit=1' });
  expect(log.json()).toMatchObject({
    items: [
      {
        action: 'network.apply',
        details: { changes: [{ action: 'create', network: 'z_custom_a' }] },
      },
    ],
  });
});

test('an agent that is not there is one refusal, with the remedy', async () => {
  const { stage, admin } = await begin();
  stage.agent.reachable = false;
  const answer = await stage.call(admin, { method: 'GET', path: PATH });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ code: 'agent_unreachable', remedy: 'Start it.' });
});
