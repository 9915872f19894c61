import type { ServerEndpointName } from '@sallyport/contract/server/endpoints';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { DEFAULT_SETTINGS } from '@sallyport/core/group-settings';
import type { Group, Image, Key, User } from '../src/server/find.ts';
import type { ServerOutput } from '@sallyport/contract/client';
import type { Answers } from './fake-contract.ts';
import { agentSettings, serverSettings } from './setting-samples.ts';

const MADE = Date.UTC(2026, 10, 23, 12, 0, 0);
const DAY_MS = 86_400_000;
const id = (end: string): string => `019a0000-0000-7000-8000-0000000000${end}`;
const times = { version: 3, createdAt: MADE, updatedAt: MADE + DAY_MS };

const research: Group = {
  id: id('10'),
  name: 'Research',
  description: 'Those who look at the web',
  priority: 50,
  permissions: ['images.read', 'networks.read'],
  settings: {
    clipboardOut: false,
    maxSessions: 2,
    idleDisconnect: null,
    allowedNetworks: ['z_custom_a'],
  },
  everyone: false,
  ...times,
};
const everybody: Group = {
  ...research,
  id: id('11'),
  name: 'Everybody',
  description: 'Whoever has an account',
  priority: 1000,
  permissions: [],
  settings: {},
  everyone: true,
};

const admin: User = {
  id: id('20'),
  name: 'admin',
  displayName: 'Administrator',
  administrator: true,
  disabled: false,
  groups: [],
  secondFactor: true,
  ...times,
};
const anna: User = {
  ...admin,
  id: id('21'),
  name: 'anna',
  displayName: 'Anna Berg',
  administrator: false,
  disabled: true,
  groups: [research.id],
  secondFactor: false,
};

const key: Key = {
  id: id('30'),
  name: 'ci',
  scopes: ['users.read'],
  createdAt: MADE,
  expiresAt: MADE + 90 * DAY_MS,
};

const image: Image = {
  id: id('40'),
  name: 'Chromium',
  description: 'A browser that leaves by z_custom_a',
  picture: null,
  dockerImage: 'sallyport/desktop',
  enabled: true,
  categories: ['web'],
  cores: 2,
  memoryMiB: 2048,
  sharedMemoryMiB: 512,
  pids: 1024,
  gpus: 0,
  environment: { LANG: 'de_DE.UTF-8', TOKEN: 'a-secret' },
  runConfig: { hostname: 'desk' },
  execConfig: null,
  volumes: [{ source: '/srv/data', target: '/data', readOnly: true }],
  persistentProfile: '/home/user',
  sessionTimeLimit: 28_800,
  restrictToNetwork: true,
  networks: ['z_custom_a', 'z_custom_b'],
  allowNetworkSelection: true,
  egressMode: 'network',
  groups: [research.id],
  widening: ['volumes'],
  ...times,
};
const plain: Image = {
  ...image,
  id: id('41'),
  name: 'Terminal',
  enabled: false,
  memoryMiB: 300,
  restrictToNetwork: false,
  networks: [],
  allowNetworkSelection: false,
  groups: [],
  widening: [],
};

const startable: ServerOutput<'launchable'> = [
  {
    id: image.id,
    name: image.name,
    description: image.description,
    picture: null,
    categories: [],
    network: 'z_custom_a',
    networkChoices: [
      {
        name: 'z_custom_a',
        state: 'Ready',
        reason: '',
        egress: ['192.168.4.153'],
        uplink: 'enp0s3',
        ownAddress: false,
      },
      {
        name: 'z_custom_b',
        state: 'Blocked',
        reason: 'gone',
        egress: ['192.168.56.103'],
        uplink: null,
        ownAddress: false,
      },
    ],
    mayChooseNetwork: true,
    mayChooseEgress: false,
    ready: true,
    reason: '',
  },
];

export const session: SessionView = {
  id: id('50'),
  imageId: image.id,
  imageName: 'Chromium',
  owner: { id: anna.id, name: 'anna' },
  state: 'running',
  phase: '',
  reason: '',
  actions: ['open', 'pause', 'stop', 'delete', 'logs'],
  network: 'z_custom_a',
  egress: ['192.168.4.153'],
  verified: { address: '192.168.4.153', at: MADE + 5000, ok: true },
  networkState: 'Ready',
  networkReason: '',
  containerId: 'c0ffee0123456789',
  host: 'desk-1',
  createdAt: MADE,
  startedAt: MADE + 5000,
  lastInputAt: null,
  lastKeepaliveAt: null,
  expiresAt: MADE + 3_600_000,
  expiryAction: 'delete',
  version: 4,
};
const quarantined: SessionView = {
  ...session,
  id: id('51'),
  owner: null,
  state: 'quarantined',
  reason: 'It was seen as 192.168.4.53, not as 192.168.4.153. Stop it, and look at the host.',
  actions: ['stop', 'delete', 'logs'],
  verified: { address: '192.168.4.53', at: MADE + 9000, ok: false },
  networkState: 'Blocked',
  networkReason: 'no interface has 192.168.4.153',
};

const share: ServerOutput<'listShares'>[number] = {
  id: id('60'),
  mode: 'view',
  createdAt: MADE,
  expiresAt: MADE + 3_600_000,
};

const account: ServerOutput<'whoami'> = {
  id: anna.id,
  name: 'anna',
  displayName: 'Anna Berg',
  administrator: false,
  permissions: ['images.read', 'networks.read'],
  settings: { ...DEFAULT_SETTINGS, allowedNetworks: ['z_custom_a'], clipboardOut: false },
  secondFactor: false,
  csrfToken: 'secret-of-the-login',
};

const entry: ServerOutput<'audit'>['items'][number] = {
  seq: 1,
  at: MADE,
  actor: { id: null, name: 'first start', source: '' },
  action: 'user.created',
  objectType: 'user',
  objectId: admin.id,
  details: { name: 'admin', administrator: true },
  hash: 'a'.repeat(64),
};

/** A server after its first day. */
export const SERVER_ANSWERS: Answers<ServerEndpointName> = {
  signIn: () => account,
  whoami: () => account,
  listUsers: () => ({ items: [admin, anna], nextCursor: null }),
  createUser: () => anna,
  listGroups: () => ({ items: [everybody, research], nextCursor: null }),
  listImages: () => ({ items: [image, plain], nextCursor: null }),
  createImage: () => image,
  launchable: () => startable,
  listSessions: () => ({ items: [session, quarantined], nextCursor: null }),
  showSession: ({ input }) =>
    (input['params'] as { readonly id: string }).id === session.id ? session : quarantined,
  startSession: () => ({ ...session, state: 'starting', phase: 'pulling the image 40 %' }),
  stopSession: () => ({ ...session, state: 'stopping', verified: null }),
  pauseSession: () => ({ ...session, state: 'paused' }),
  resumeSession: () => ({ ...session, state: 'resuming', phase: 'checking the address' }),
  deleteSession: () => ({ ...session, state: 'deleted' }),
  verifySession: () => quarantined,
  sessionLogs: () => ({ text: 'started\nready on 5901\n' }),
  listShares: () => [share, { ...share, id: id('61'), mode: 'control' }],
  createShare: () => ({ ...share, url: '/share/the-token' }),
  deleteShare: () => ({}),
  listKeys: () => [key, { ...key, id: id('31'), name: 'old', scopes: [], expiresAt: MADE }],
  createKey: () => ({ ...key, key: 'sallyport_the-key' }),
  audit: () => ({
    items: [
      {
        ...entry,
        seq: 2,
        at: MADE + 1000,
        actor: { id: admin.id, name: 'admin', source: '192.0.2.7' },
        action: 'group.updated',
        objectType: 'group',
        objectId: research.id,
        details: { settings: { maxSessions: 2 } },
      },
      entry,
    ],
    nextCursor: null,
  }),
  settings: serverSettings,
  hostSettings: agentSettings,
  verifyAudit: () => ({
    intact: false,
    entries: 2,
    head: 'b'.repeat(64),
    reason: 'entry 2 was changed after it was written',
  }),
};
