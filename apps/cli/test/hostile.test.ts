import fc from 'fast-check';
import { SallyportError } from '@sallyport/contract/errors';
import { expect, test } from 'vitest';
import { printable, printableDeep, printableJson } from '../src/printable.ts';
import type { ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type { Setting } from '@sallyport/contract/settings';
import type { Group, Image } from '../src/server/find.ts';
import type { ServerOutput } from '@sallyport/contract/client';
import { startFakeAgent } from './fake-agent.ts';
import { leasesOf } from './flow-samples.ts';
import { startFakeServer } from './fake-server.ts';
import { SERVER_ANSWERS } from './server-samples.ts';
import { runCli } from './run-cli.ts';
import { events, findings, hostView, networkA, verifications, violations } from './samples.ts';

/** Clears the screen, sets the title, turns the text, and hides itself. */
const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.exe\r\u0008\u200b\nsallyport: all well';
/** What must never reach a terminal; a newline is ours to write. */
// oxlint-disable-next-line no-control-regex -- finding them is what it is for
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

test('nothing that the agent says reaches the terminal raw', async () => {
  const evil = <T>(value: T): T => replaceStrings(value) as T;
  const agent = await startFakeAgent({
    host: () => ({ ...hostView, interfaces: evilInterfaces() }),
    listNetworks: () => [evilNetwork()],
    showNetwork: () => evilNetwork(),
    createNetwork: () => evilNetwork(),
    doctor: () => findings.map((one) => ({ ...evil(one), level: one.level })),
    reconcile: () => ({ durationMs: 1, done: [EVIL], errors: [EVIL] }),
    verify: () => verifications.map((one) => ({ ...evil(one), protocol: one.protocol })),
    leases: () => leasesOf.map((one) => evil(one)),
    violations: () => violations.map((one) => ({ ...evil(one), kind: one.kind })),
    events: () => events.map((one) => ({ ...evil(one), kind: one.kind })),
    listAdoptable: () => {
      throw new SallyportError('docker_refused', EVIL, { remedy: EVIL });
    },
  });
  const lines = [
    'host --all',
    'network list',
    'network show a',
    'network create a --egress-ip 192.168.4.153',
    'network verify',
    'violations',
    'network leases',
    'doctor',
    'reconcile',
    'events',
    'network list --adoptable',
  ];
  for (const line of lines) {
    for (const words of [line.split(' '), [...line.split(' '), '--json']]) {
      const { stdout, stderr } = await runCli(words, { socket: agent.socket });
      expect({ line, raw: RAW.exec(stdout + stderr) }).toEqual({ line, raw: null });
      // Not only left out: it is there, and can be read.
      expect({ line, shown: /owned/.test(stdout + stderr) }).toEqual({ line, shown: true });
      if (!words.includes('--json')) expect(stdout).not.toMatch(/^sallyport: all well/m);
    }
  }
  await agent.close();
});

test('nothing that the server says reaches the terminal raw', async () => {
  const evil = <T extends object>(value: T, kept: readonly (keyof T)[]): T => {
    const same = Object.fromEntries(kept.map((key) => [key, value[key]]));
    return { ...(replaceStrings(value) as T), ...same };
  };
  const pageOf = (item: unknown) => () => ({ items: [item], nextCursor: null });
  const session = evil(sample('showSession'), [
    'id',
    'state',
    'actions',
    'networkState',
    'expiryAction',
  ]);
  const server = await startFakeServer({
    ...SERVER_ANSWERS,
    whoami: () => evil(sample('whoami'), ['permissions', 'settings']),
    listUsers: pageOf(evil(sample('listUsers').items[0] as object, [])),
    listGroups: pageOf(evil(sample('listGroups').items[0] as Group, ['permissions', 'settings'])),
    listImages: pageOf(
      evil(sample('listImages').items[0] as Image, [
        'picture',
        'volumes',
        'runConfig',
        'environment',
        'persistentProfile',
        'egressMode',
        'widening',
      ]),
    ),
    listKeys: () => [evil(sample('listKeys')[0] as object, ['scopes' as never])],
    listSessions: pageOf(session),
    showSession: () => session,
    launchable: () => [evil(sample('launchable')[0] as object, ['networkChoices' as never])],
    audit: pageOf(evil(sample('audit').items[0] as object, [])),
    sessionLogs: () => ({ text: EVIL }),
    settings: () => [evil(sample('settings')[0] as Setting, ['about', 'source'])],
    hostSettings: () => [],
    verifyAudit: () => ({ intact: false, entries: 1, head: EVIL, reason: EVIL }),
    deleteUser: () => {
      throw new SallyportError('forbidden', EVIL, { remedy: EVIL });
    },
  });
  const lines = [
    'whoami',
    'user list',
    'user delete 019a',
    'group list',
    'image list',
    'image list --startable',
    'key list',
    'session list --all',
    `session show ${session.id}`,
    `session logs ${session.id}`,
    'audit list',
    'audit verify',
    'settings',
    'export --only images --only groups --only users',
  ];
  for (const line of lines) {
    for (const words of [line.split(' '), [...line.split(' '), '--json']]) {
      const { stdout, stderr } = await runCli(words, { server: server.url, apiKey: 'k' });
      expect({ line, raw: RAW.exec(stdout + stderr) }).toEqual({ line, raw: null });
      expect({ line, shown: /owned|no user/.test(stdout + stderr) }).toEqual({ line, shown: true });
    }
  }
  server.close();
});

/** What the sample server answers. */
function sample<N extends ServerEndpointName>(name: N): ServerOutput<N> {
  const input = { params: { id: '' }, query: {}, body: {} };
  return SERVER_ANSWERS[name]?.({ endpoint: name, headers: {}, input }) as ServerOutput<N>;
}

test('nothing that the user typed comes back raw', async () => {
  const lines = [
    [EVIL],
    ['network', EVIL],
    ['network', 'show', EVIL],
    ['network', 'show', 'a', EVIL],
    ['network', 'create', 'a', '--egress-ip', EVIL],
    ['network', 'list', `--${EVIL}`],
    ['apply', '-f', EVIL],
    ['host', '--socket', EVIL],
    ['completion', EVIL],
    ['login', EVIL],
    ['user', 'list', '--server', EVIL],
    ['session', 'show', EVIL],
    ['image', 'create', EVIL, '--docker-image', EVIL, '--volume', EVIL],
    ['help', EVIL],
  ];
  for (const words of lines) {
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await runCli([...flags, ...words]);
      expect([2, 3]).toContain(code);
      expect(stdout + stderr).not.toMatch(RAW);
    }
  }
});

test('nothing in a file comes back raw', async () => {
  for (const stdin of [EVIL, `networks: ["${EVIL}`, `? ${JSON.stringify(EVIL)}\n: 1\n`]) {
    const { code, stderr } = await runCli(['apply', '-f', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(RAW);
  }
});

test('any line of words ends with a documented code, and never throws', async () => {
  const word = fc.oneof(
    fc.constantFrom(
      'network',
      'create',
      'show',
      'list',
      'help',
      'apply',
      '-f',
      '-',
      '--',
      'events',
      'login',
      'image',
      'session',
      'whoami',
      'audit',
    ),
    fc.constantFrom('--json', '--socket', '--egress-ip', '--limit', '-h', '', 'complete', '--echo'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const { code, stdout, stderr } = await runCli(words);
      expect([0, 2, 3, 4]).toContain(code);
      expect(stdout + stderr).not.toMatch(RAW);
    }),
    { numRuns: 300 },
  );
});

test('printable text has no control, and JSON stays the same JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, value) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(printableJson({ text, value }))).toEqual(
        JSON.parse(JSON.stringify({ text, value })),
      );
      expect(printableJson({ text })).not.toMatch(RAW);
      expect(JSON.stringify(printableDeep(value)).length).toBeGreaterThan(0);
    }),
  );
  expect(printable('plain ünïcødé 漢字')).toBe('plain ünïcødé 漢字');
});

function replaceStrings(value: unknown): unknown {
  if (typeof value === 'string') return EVIL;
  if (Array.isArray(value)) return value.map(replaceStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceStrings(item)]),
  );
}

function evilNetwork() {
  const { assign, onChange, route, origin, state } = networkA;
  const evil = replaceStrings(networkA) as typeof networkA;
  const destinations = { ...evil.destinations, preset: networkA.destinations.preset };
  return { ...evil, assign, onChange, route, origin, state, destinations };
}

function evilInterfaces() {
  return hostView.interfaces.map(({ role, up, mtu, addresses }) => ({
    name: EVIL,
    role,
    up,
    mtu,
    gateways: [EVIL],
    addresses: addresses.map((one) => ({ ...one, address: EVIL, reason: EVIL, networks: [EVIL] })),
  }));
}
