import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '@sallyport/contract/document';
import { REGISTRY } from '../src/registry.ts';
import { type Answers, type FakeAgent, startFakeAgent } from './fake-agent.ts';
import { runCli, transcript } from './run-cli.ts';
import {
  adoptable,
  document,
  DOCUMENT_TEXT,
  events,
  findings,
  hostView,
  networkA,
  networkB,
  verifications,
  violations,
} from './samples.ts';
import { countersOf, flowAnswer, leasesOf } from './flow-samples.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { SERVER_ANSWERS } from './server-samples.ts';

const changes: readonly Change[] = [
  { action: 'create', network: 'new', details: ['egress: 192.168.4.153', 'route: uplink'] },
  { action: 'update', network: 'z_custom_a', details: ['gateway: found -> 192.168.4.1'] },
  { action: 'adopt', network: 'z_custom_b', details: ['egress: 192.168.56.103'] },
  { action: 'unchanged', network: 'same', details: [] },
  { action: 'extra', network: 'other', details: [] },
];

const ANSWERS: Answers = {
  host: () => hostView,
  doctor: () => findings,
  reconcile: () => ({
    durationMs: 31.4,
    done: ['the nftables table inet sallyport is missing'],
    errors: ['the Docker network z_custom_a is missing: Docker does not answer.'],
  }),
  listNetworks: () => [networkA, networkB],
  createNetwork: () => networkA,
  showNetwork: () => networkB,
  updateNetwork: () => networkA,
  deleteNetwork: () => networkB,
  listAdoptable: () => adoptable,
  adoptNetwork: () => networkB,
  verify: () => verifications,
  violations: () => violations,
  flows: () => flowAnswer,
  counters: () => countersOf,
  leases: () => leasesOf,
  exportDocument: () => document,
  events: () => events,
  followEvents: () => [events[1], { ...events[1], id: 'later', message: 'a later one' }],
  apply: ({ input }) => ({
    changes,
    applied: !(input['body'] as { readonly dryRun: boolean }).dryRun,
  }),
};

const LINES: Readonly<Record<string, string>> = {
  host: 'host',
  'host-all': 'host --all',
  'network-create': 'network create z_custom_a --egress-ip 192.168.4.153 --dns 9.9.9.9',
  'network-list': 'network list',
  'network-list-adoptable': 'network list --adoptable',
  'network-show': 'network show z_custom_b',
  'network-update': 'network update z_custom_a --gateway auto',
  'network-delete': 'network delete z_custom_b',
  'network-adopt': 'network adopt z_custom_b --egress-ip 192.168.56.103',
  violations: 'violations',
  flows: 'flows --address 192.168.4.153 --port 34567 --at 2026-01-31T12:03Z',
  'network-counters': 'network counters',
  'network-leases': 'network leases',
  'network-verify': 'network verify --echo http://192.0.2.80/',
  'apply-dry-run': 'apply -f - --dry-run',
  apply: 'apply -f -',
  export: 'export',
  events: 'events --limit 2',
  'events-follow': 'events --follow --limit 2',
  doctor: 'doctor',
  reconcile: 'reconcile',
  'completion-bash': 'completion bash',
  'completion-zsh': 'completion zsh',
  'completion-fish': 'completion fish',
  complete: 'complete -- network show z_',
  login: 'login --user admin --password-file -',
  whoami: 'whoami',
  'user-list': 'user list',
  'user-show': 'user show anna',
  'user-create': 'user create anna --generate-password --group Research',
  'group-list': 'group list',
  'group-show': 'group show Research',
  'image-list': 'image list',
  'image-list-startable': 'image list --startable',
  'image-show': 'image show Chromium',
  'image-create': 'image create Chromium --docker-image x --restrict-to-network z_custom_a',
  'session-start': 'session start chromium',
  'session-start-wait': 'session start Chromium --network z_custom_a --wait',
  'session-list': 'session list --all',
  'session-show': 'session show 019a0000-0000-7000-8000-000000000050',
  'session-show-quarantined': 'session show 000051',
  'session-open': 'session open 000050',
  'session-stop': 'session stop 000050',
  'session-pause': 'session pause 000050',
  'session-resume': 'session resume 000050 --wait',
  'session-delete': 'session delete 000050 --profile delete',
  'session-verify': 'session verify 000050',
  'session-logs': 'session logs 000050 --lines 2',
  'session-share': 'session share 000050 --minutes 60',
  'session-shares': 'session shares 000050',
  'session-unshare': 'session unshare 000050',
  'key-list': 'key list',
  'key-create': 'key create ci --scope users.read',
  'audit-list': 'audit list',
  'audit-verify': 'audit verify',
  settings: 'settings',
  'settings-changed': 'settings --changed',
};

let agent: FakeAgent;
let server: FakeServer;
let folder: string;
beforeAll(async () => {
  agent = await startFakeAgent(ANSWERS);
  server = await startFakeServer(SERVER_ANSWERS);
  folder = await mkdtemp(join(tmpdir(), 'sallyport-golden-'));
});
afterAll(async () => {
  server.close();
  await agent.close();
  await rm(folder, { recursive: true, force: true });
});

/** Socket and port are different ones in every run. */
const stable = (text: string): string =>
  text.replaceAll(agent.socket, 'SOCKET').replaceAll(server.url, 'http://127.0.0.1:8080');

const setting = (name: string) => ({
  socket: agent.socket,
  server: server.url,
  stdin: DOCUMENT_TEXT,
  ...(name === 'login'
    ? { credentialsFile: join(folder, 'credentials.json') }
    : { apiKey: 'sallyport_key' }),
});

describe.each(Object.entries(LINES))('%s', (name, line) => {
  test('for people', async () => {
    const words = line.split(' ');
    const outcome = await runCli(words, setting(name));
    const golden = `golden/${name}.txt`;
    await expect(stable(transcript(words, outcome))).toMatchFileSnapshot(golden);
  });

  test('as JSON: values that parse, and nothing else', async () => {
    const [command = '', ...rest] = line.split(' ');
    const words = [command, '--json', ...rest];
    const outcome = await runCli(words, setting(name));
    expect(outcome.stderr).toBe('');
    const isStream = name === 'events-follow';
    const values = isStream ? outcome.stdout.trimEnd().split('\n') : [outcome.stdout];
    for (const value of values) expect(JSON.parse(value)).toBeTypeOf('object');
    const golden = `golden/${name}.json.txt`;
    await expect(stable(transcript(words, outcome))).toMatchFileSnapshot(golden);
  });
});

test('a terminal gets colour, unless it is told otherwise', async () => {
  const on = await runCli(['network', 'list'], { socket: agent.socket, terminal: true });
  expect(on.stdout).toContain('\u001b[32mReady\u001b[39m');
  const off = await runCli(['network', 'list', '--no-color'], {
    socket: agent.socket,
    terminal: true,
  });
  expect(off.stdout).not.toContain('\u001b');
  expect(stripVTControlCharacters(on.stdout)).toBe(off.stdout);
});

const HELP_LINES = [
  ['--help'],
  ...['network', 'image', 'session', 'user', 'group', 'key', 'audit'].map((group) => [
    group,
    '--help',
  ]),
  ...REGISTRY.map(({ path }) => [...path, '--help']),
];

test.each(HELP_LINES.map((words) => [words.join(' '), words] as const))('%s', async (_, words) => {
  const outcome = await runCli(words);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toContain('Examples:\n  s');
  const name = ['help', ...words.slice(0, -1)].join('-');
  await expect(outcome.stdout).toMatchFileSnapshot(`golden/${name}.txt`);
});
