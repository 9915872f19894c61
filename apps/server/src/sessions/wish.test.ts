import { imageCreateSchema } from '@sallyport/contract/server/images';
import { sessionCreateSchema } from '@sallyport/contract/sessions';
import { DEFAULT_SETTINGS } from '@sallyport/core/group-settings';
import { expect, test } from 'vitest';
import { planWish, readWish } from './wish.ts';

const ID = '019ab000-0000-7000-8000-000000000001';
const OWNER = { id: '019ab000-0000-7000-8000-0000000000aa', name: 'anna' };
const IMAGE = '019ab000-0000-7000-8000-0000000000bb';

function plan(image: object = {}, settings: object = {}) {
  return planWish({
    id: ID,
    imageId: IMAGE,
    image: imageCreateSchema.parse({ name: 'Desktop', dockerImage: 'desktop:1', ...image }),
    owner: OWNER,
    network: 'z_custom_a',
    ownAddress: false,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  });
}

test('every field of an image that concerns the container reaches the agent', () => {
  const wish = plan({
    cores: 1.5,
    memoryMiB: 1024,
    sharedMemoryMiB: 256,
    pids: 99,
    gpus: 2,
    execConfig: { everyStart: { command: ['greet'] } },
    environment: { A: '1', B: '1' },
    volumes: [{ source: '/srv/data', target: '/data' }],
    runConfig: {
      hostname: 'desk',
      user: '1001:1001',
      environment: { B: '2' },
      devices: ['/dev/kvm'],
      extraHosts: { intranet: '192.0.2.7' },
      capAdd: ['NET_RAW'],
      privileged: true,
      command: ['start'],
    },
  });
  expect(wish).toEqual({
    id: ID,
    image: 'desktop:1',
    network: 'z_custom_a',
    cores: 1.5,
    memoryBytes: 1024 * 1024 * 1024,
    sharedMemoryBytes: 256 * 1024 * 1024,
    pids: 99,
    gpus: 2,
    launch: { everyStart: { command: ['greet'], timeoutSeconds: 60 } },
    environment: { A: '1', B: '2' },
    volumes: [{ source: '/srv/data', target: '/data', readOnly: false }],
    hostname: 'desk',
    user: '1001:1001',
    devices: ['/dev/kvm'],
    extraHosts: { intranet: '192.0.2.7' },
    capabilities: ['NET_RAW'],
    privileged: true,
    command: ['start'],
    display: { kind: 'vnc', clipboardIn: true, clipboardOut: true },
    labels: { owner: OWNER.id, 'owner-name': 'anna', image: IMAGE, 'image-name': 'Desktop' },
  });
});

test('what is kept is the same wish for the agent', () => {
  const wish = plan({ persistentProfile: '/home/user' }, { persistentProfile: true });
  expect(readWish(JSON.stringify(wish))).toEqual(sessionCreateSchema.parse(wish));
});

test.each([
  [true, '/home/user', { volume: `sallyport-profile-${OWNER.id}-${IMAGE}`, target: '/home/user' }],
  [false, '/home/user', undefined],
  [true, null, undefined],
])('a profile needs both group (%s) and image (%s)', (persistentProfile, path, profile) => {
  const wish = plan({ persistentProfile: path }, { persistentProfile });
  expect(wish.profile).toEqual(profile);
});

test('the clipboard is off in the desktop where the groups forbid it', () => {
  const { display } = plan({}, { clipboardIn: false, clipboardOut: false });
  expect(display).toEqual({ kind: 'vnc', clipboardIn: false, clipboardOut: false });
});
