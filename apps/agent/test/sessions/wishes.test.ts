import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { sessionCreateSchema } from '@sallyport/contract/sessions';
import { expect, test } from 'vitest';
import type { HostPath } from '../../src/ports/host-paths.ts';
import type { readSessionPolicy } from '../../src/sessions/policy.ts';
import { ID, rejectionOf, sessionBench, sessionWish } from './bench.ts';

type Policy = Parameters<typeof readSessionPolicy>[0];

const directory = (path: string): HostPath => ({ path, kind: 'directory' });
/** What lies on the host of these tests. */
const PATHS: Readonly<Record<string, HostPath>> = {
  '/srv': directory('/srv'),
  '/srv/data': directory('/srv/data'),
  '/srv/link': directory('/etc'),
  '/srv-other': directory('/srv-other'),
  '/srv/socket': { path: '/srv/socket', kind: 'other' },
  '/': directory('/'),
  '/var/lib': directory('/var/lib'),
  '/var/lib/sallyport': directory('/var/lib/sallyport'),
  '/var/lib/sallyport/flows': directory('/var/lib/sallyport/flows'),
  '/run': directory('/run'),
  '/run/sallyport/agent.sock': { path: '/run/sallyport/agent.sock', kind: 'other' },
};
const volume = (source: string): Partial<SessionCreateInput> => ({
  volumes: [{ source, target: '/data' }],
});

/** What is refused, the field and key that are named, and the policy that allows it. */
const FORBIDDEN: readonly (readonly [Partial<SessionCreateInput>, string, string, Policy])[] = [
  [{ privileged: true }, 'privileged', 'allowPrivileged', { allowPrivileged: true }],
  [{ user: '0' }, 'user', 'allowRoot', { allowRoot: true }],
  [{ user: '1000:0' }, 'user', 'allowRoot', { allowRoot: true }],
  [{ user: '00:1000' }, 'user', 'allowRoot', { allowRoot: true }],
  [
    { capabilities: ['NET_RAW', 'CAP_SYS_ADMIN'] },
    'capabilities[1]',
    'allowedCapabilities',
    { allowedCapabilities: ['CAP_NET_RAW', 'SYS_ADMIN'] },
  ],
  [{ devices: ['/dev/fuse'] }, 'devices[0]', 'allowedDevices', { allowedDevices: ['/dev/fuse'] }],
  [{ gpus: 1 }, 'gpus', 'maxGpus', { maxGpus: 1 }],
  [
    { launch: { firstLaunch: { command: ['true'] } } },
    'launch',
    'allowLaunchCommands',
    { allowLaunchCommands: true },
  ],
  [volume('/srv/data'), 'volumes[0].source', 'volumeRoots', { volumeRoots: ['/srv'] }],
  [{ cores: 3 }, 'cores', 'maxCores', { maxCores: 3 }],
  [{ memoryBytes: 3 * 1024 ** 3 }, 'memoryBytes', 'maxMemoryMiB', { maxMemoryMiB: 3072 }],
  [{ pids: 200 }, 'pids', 'maxPids', { maxPids: 200 }],
];
const LIMITED: Policy = {
  allowedCapabilities: ['NET_RAW'],
  maxCores: 2,
  maxMemoryMiB: 2048,
  maxPids: 100,
};
const SMALL = { pids: 100 };

test.each(FORBIDDEN)('%j is refused, naming %s and sessions.%s', async (wish, field, key) => {
  const { service, containers } = sessionBench({ policy: LIMITED, paths: PATHS });
  const refusal = await rejectionOf(service.create(sessionWish({ ...SMALL, ...wish })));
  expect(refusal.code).toBe('session_refused');
  expect(refusal.errors).toHaveLength(1);
  expect(refusal.errors[0]).toMatchObject({ field, remedy: `the key is sessions.${key}` });
  expect(containers.plans.size).toBe(0);
});

test.each(FORBIDDEN)('%j is allowed by configuration: %s, sessions.%s', async (...row) => {
  const [wish, , , policy] = row;
  const { service, containers } = sessionBench({ policy: { ...LIMITED, ...policy }, paths: PATHS });
  await service.create(sessionWish({ ...SMALL, ...wish }));
  expect(containers.plans.has(ID)).toBe(true);
});

test('everything that is forbidden is named at once', async () => {
  const { service } = sessionBench();
  const wish = sessionWish({ privileged: true, user: '0', ...volume('/etc') });
  const { errors } = await rejectionOf(service.create(wish));
  expect(errors.map(({ field }) => field)).toEqual(['privileged', 'user', 'volumes[0].source']);
});

test.each([
  ['a link that leads out', '/srv/link', ['/srv']],
  ['a neighbour with the same beginning', '/srv-other', ['/srv']],
  ['a socket', '/srv/socket', ['/srv']],
  ['what is not there', '/srv/nothing', ['/srv']],
  ['the whole host, with all of the agent', '/', ['/']],
  ['what holds the directory of the agent', '/var/lib', ['/var/lib']],
  ['the directory of the agent', '/var/lib/sallyport', ['/var/lib']],
  ['a part of it', '/var/lib/sallyport/flows', ['/']],
  ['what holds the socket of the agent', '/run', ['/run']],
])('no volume is %s', async (_, source, volumeRoots) => {
  const { service } = sessionBench({ policy: { volumeRoots }, paths: PATHS });
  // The pattern of the contract refuses the root of the host by itself; here the agent is asked alone.
  const wish = { ...sessionWish(), volumes: [{ source, target: '/data', readOnly: true }] };
  const refusal = await rejectionOf(service.create(wish));
  expect(refusal).toMatchObject({ code: 'session_refused' });
  expect(refusal.errors[0]?.field).toBe('volumes[0].source');
});

test('Docker is given the path that was found, and not the one that was named', async () => {
  const paths = { ...PATHS, '/srv/alias': directory('/srv/data') };
  const { service, containers } = sessionBench({ policy: { volumeRoots: ['/srv'] }, paths });
  await service.create(sessionWish(volume('/srv/alias')));
  expect(containers.plans.get(ID)?.binds).toEqual([
    { source: '/srv/data', target: '/data', readOnly: false },
  ]);
});

test.each<[string, object]>([
  ['a path that climbs', volume('/srv/../etc')],
  ['a path with a colon', volume('/srv/a:b')],
  ['a relative path', volume('srv')],
  ['the name of a volume', volume('other-volume')],
  ['a profile of another name', { profile: { volume: 'data', target: '/home/user' } }],
  ['a user by name', { user: 'root' }],
  ['the password of the display', { environment: { SALLYPORT_DISPLAY_PASSWORD: 'x' } }],
  ['a variable that is two', { environment: { 'A=1\nB': 'x' } }],
  ['a host that is the host', { extraHosts: { here: 'host-gateway' } }],
  ['a label that is the agent’s', { labels: { 'X/io.sallyport.session-id': 'x' } }],
  ['an id that is a path', { id: '../x' }],
  ['an image that is a flag', { image: '-v' }],
])('the contract takes no %s', (_, wish) => {
  const good = { id: ID, image: 'desk:1', network: 'z_custom_a', display: null };
  expect(sessionCreateSchema.safeParse(good).success).toBe(true);
  expect(sessionCreateSchema.safeParse({ ...good, ...wish }).success).toBe(false);
});
