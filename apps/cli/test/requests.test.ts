import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeAgent, startFakeAgent } from './fake-agent.ts';
import { runCli } from './run-cli.ts';
import { events, networkA } from './samples.ts';

let agent: FakeAgent;
beforeAll(async () => {
  agent = await startFakeAgent({
    createNetwork: () => networkA,
    updateNetwork: () => networkA,
    adoptNetwork: () => networkA,
    verify: () => [],
    events: () => events,
  });
});
afterAll(() => agent.close());

const ip = ['--egress-ip', '192.168.4.153'];

test.each([
  [
    ['network', 'create', 'a', ...ip],
    'createNetwork',
    {
      name: 'a',
      egress: { ipv4: ['192.168.4.153'], ipv6: [] },
      route: 'uplink',
      gateway: null,
      subnet: null,
      dns: null,
    },
  ],
  [
    ['network', 'create', ...ip, '--route=main', '--dns', '9.9.9.9', '--dns', '1.1.1.1', 'b'],
    'createNetwork',
    { name: 'b', route: 'main', dns: ['9.9.9.9', '1.1.1.1'] },
  ],
  [['network', 'create', 'c', ...ip, '--dns', 'none'], 'createNetwork', { dns: [] }],
  [
    ['network', 'create', 'd', ...ip, '--gateway', '192.168.4.1', '--subnet', '172.19.0.0/24'],
    'createNetwork',
    { gateway: '192.168.4.1', subnet: '172.19.0.0/24' },
  ],
  [['network', 'adopt', 'a', ...ip], 'adoptNetwork', { dns: null, gateway: null }],
  [
    ['network', 'create', 'e', ...ip, '--preset', 'internet-only', '--allow', '192.168.4.20'],
    'createNetwork',
    {
      destinations: {
        preset: 'internet-only',
        allow: ['192.168.4.20/32'],
        deny: [],
        hostServices: [],
      },
    },
  ],
  [
    ['network', 'adopt', 'a', ...ip, '--deny', '10.0.0.0/8', '--deny', 'fd00::/8'],
    'adoptNetwork',
    { destinations: { preset: 'lan-allowed', deny: ['10.0.0.0/8', 'fd00::/8'] } },
  ],
  [
    ['network', 'verify', 'a', 'b', '--echo', 'udp://192.0.2.80:7'],
    'verify',
    { networks: ['a', 'b'], echo: ['udp://192.0.2.80:7'] },
  ],
])('%j asks %s', async (words, endpoint, body) => {
  const outcome = await runCli([...words, '--socket', agent.socket]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(agent.asked.at(-1)).toMatchObject({
    endpoint,
    headers: { 'sallyport-actor': 'alice' },
    input: { body },
  });
});

test('update sends only the lists that were named, and an empty one for none', async () => {
  const words = ['--deny', 'none', '--host-service', 'udp/53', '--host-service', 'tcp/53'];
  await runCli(['network', 'update', 'a', ...words, '--socket', agent.socket]);
  expect(agent.asked.at(-1)?.input).toEqual({
    params: { name: 'a' },
    body: { destinations: { deny: [], hostServices: ['udp/53', 'tcp/53'] } },
  });
});

test.each([
  ['--strict', true],
  ['--no-strict', false],
])('%s sends what is strict, and nothing else', async (flag, strict) => {
  await runCli(['network', 'update', 'a', flag, '--socket', agent.socket]);
  expect(agent.asked.at(-1)?.input).toEqual({ params: { name: 'a' }, body: { strict } });
});

test('--strict and --no-strict together are refused', async () => {
  const words = ['network', 'create', 'a', ...ip, '--strict', '--no-strict'];
  const { code, stderr } = await runCli(words);
  expect(code).toBe(2);
  expect(stderr).toContain('--strict: and --no-strict exclude each other');
});

test('a prefix in both lists is refused by its flag, and both lists are named', async () => {
  const lists = ['--allow', '192.0.2.0/24', '--deny', '192.0.2.0/24'];
  const { code, stderr } = await runCli(['network', 'create', 'a', ...ip, ...lists]);
  expect(code).toBe(2);
  expect(stderr).toContain('--allow: "192.0.2.0/24" is in both lists: allow 192.0.2.0/24 and deny');
});

test('limits are sent in bits per second, and null for none', async () => {
  const words = ['--upload', '1.5mbit', '--download', 'none'];
  await runCli(['network', 'update', 'a', ...words, '--socket', agent.socket]);
  expect(agent.asked.at(-1)?.input).toEqual({
    params: { name: 'a' },
    body: { bandwidth: { upload: 1_500_000, download: null } },
  });
});

test.each(['20', '20 mbit', '255kbit', '101gbit', '20MB', ''])('%j is no limit', async (rate) => {
  const { code, stderr } = await runCli(['network', 'create', 'a', ...ip, '--upload', rate]);
  expect(code).toBe(2);
  expect(stderr).toContain('--upload: ');
  expect(stderr).toContain('must be a rate from 256kbit to 100gbit, such as 20mbit');
});

test('update sends only what was named', async () => {
  await runCli(['network', 'update', 'a', '--gateway', 'auto', '--socket', agent.socket]);
  expect(agent.asked.at(-1)?.input).toEqual({ params: { name: 'a' }, body: { gateway: null } });
});

test('events sends its query, with global options before and after', async () => {
  await runCli(['--socket', agent.socket, 'events', '--json', '--limit', '7', '--network', 'a']);
  expect(agent.asked.at(-1)?.input).toEqual({ query: { limit: 7, network: 'a' } });
});

test('the socket may be named with =', async () => {
  const outcome = await runCli([`--socket=${agent.socket}`, 'events']);
  expect(outcome.code).toBe(0);
});
