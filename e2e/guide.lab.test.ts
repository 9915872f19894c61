import { afterAll, beforeAll, expect, test } from 'vitest';
import { A, B, flowOf, type Subject, told, upWorld, type World } from './support/world.ts';

/* The guide's scenario. Negative controls of this oracle: lab/src/lab.lab.test.ts. */

let world: World;
let a: Subject;
let b: Subject;

beforeAll(async () => {
  world = await upWorld('guide');
  await world.createGuideNetworks();
  a = await world.subject('on-a', A.name);
  b = await world.subject('on-b', B.name);
});

afterAll(() => world.down());

test.each(['tcp', 'udp', 'http', 'icmp', 'stun', 'dns'])(
  '%s leaves both networks by their address and uplink, and nothing else does',
  async (mode) => {
    const since = Date.now();
    for (const { container, target } of [a, b]) {
      const result = await container.traffic(mode, ['--target', target]);
      expect(result.ok, JSON.stringify(result)).toBe(true);
      expect(await world.packetsTo(target, since)).toBeGreaterThan(0);
    }
    expect(told(await world.leaks(since, [flowOf(a, A), flowOf(b, B)]))).toBe('');
  },
);

test('a container on the default bridge is untouched', async () => {
  const plain = await world.subject('plain', 'bridge');
  const since = Date.now();
  expect((await plain.container.traffic('tcp', ['--target', plain.target])).source).toBe(
    '192.168.4.53',
  );
  const flow = flowOf(plain, { address: '192.168.4.53', uplink: 'enp0s3' });
  expect(told(await world.leaks(since, [flow]))).toBe('');
});

test('the agent finds the same from inside', async () => {
  const echo = [`http://${a.target}/`, `stun://${a.target}`, `dns://${a.target}/whoami.lab.test`];
  const answers = await world.agent.call('verify', { body: { echo } });
  expect(answers.filter(({ ok }) => !ok)).toEqual([]);
  expect(answers).toHaveLength(6);
});

test('a network that containers use is not deleted, and what is deleted leaves nothing', async () => {
  await expect(
    world.agent.call('deleteNetwork', { params: { name: A.name } }),
  ).rejects.toMatchObject({
    code: 'network_in_use',
  });
  await a.container.remove();
  await world.agent.call('deleteNetwork', { params: { name: A.name } });
  expect(await world.host('nft', 'list', 'table', 'inet', 'sallyport')).not.toContain(A.name);
  const { stdout } = await world.lab.docker(['network', 'ls', '--format', '{{.Name}}']);
  expect(stdout.split('\n')).not.toContain(A.name);
});
