import { createHash, randomInt } from 'node:crypto';
import type { SessionCreate } from '@sallyport/contract/sessions';
import type { SessionBind, SessionContainerPlan } from '../ports/sessions.ts';
import {
  CALLER_KEYS_LABEL,
  CALLER_LABEL,
  containerName,
  DISPLAY_LABEL,
  DISPLAY_PASSWORD,
  LAUNCH_LABEL,
  NETWORK_LABEL,
  SESSION_LABEL,
  WISH_LABEL,
} from './labels.ts';
import { capabilityName } from './policy.ts';
import { renderSeccomp } from './seccomp.ts';

/** What was decided about a wish. */
interface Decided {
  /** Paths of the host as they really are. */
  readonly binds: readonly SessionBind[];
  readonly dns: readonly string[];
  /** Of the display. */
  readonly password: string;
}

/** Pure: the container of a session. */
export function planContainer(
  wish: SessionCreate,
  { binds, dns, password }: Decided,
): SessionContainerPlan {
  const [uid = 0, gid = uid] = wish.user.split(':').map(Number);
  return {
    name: containerName(wish.id),
    image: wish.image,
    network: wish.network,
    environment: [
      ...Object.entries(wish.environment).map(([name, value]) => `${name}=${value}`),
      ...displayEnvironment(wish.display, password),
    ],
    hostname: wish.hostname ?? null,
    // A user without a group would get the one that the image says, which may be root's.
    user: `${uid}:${gid}`,
    command: wish.command ?? null,
    labels: {
      ...Object.fromEntries(
        Object.entries(wish.labels).map(([key, value]) => [`${CALLER_LABEL}${key}`, value]),
      ),
      [SESSION_LABEL]: wish.id,
      [NETWORK_LABEL]: wish.network,
      [WISH_LABEL]: hashWish(wish),
      [DISPLAY_LABEL]: wish.display === null ? '' : String(wish.display.port),
      [LAUNCH_LABEL]: wish.launch === undefined ? '' : JSON.stringify(wish.launch),
      [CALLER_KEYS_LABEL]: Object.keys(wish.labels).join(','),
    },
    dns,
    cores: wish.cores,
    memoryBytes: wish.memoryBytes,
    sharedMemoryBytes: wish.sharedMemoryBytes,
    pids: wish.pids,
    binds,
    profile: wish.profile === undefined ? null : { ...wish.profile, owner: { uid, gid } },
    devices: wish.devices,
    gpus: wish.gpus ?? 0,
    capabilities: wish.capabilities.map(capabilityName),
    privileged: wish.privileged,
    extraHosts: wish.extraHosts,
    seccomp: renderSeccomp(),
  };
}

function displayEnvironment(display: SessionCreate['display'], password: string): string[] {
  if (display === null) return [];
  const flag = (allowed: boolean) => (allowed ? '1' : '0');
  return [
    `${DISPLAY_PASSWORD}=${password}`,
    `SALLYPORT_DISPLAY_PORT=${display.port}`,
    `SALLYPORT_CLIPBOARD_IN=${flag(display.clipboardIn)}`,
    `SALLYPORT_CLIPBOARD_OUT=${flag(display.clipboardOut)}`,
  ];
}

/** The same for the same wish, in whatever order its keys were sent. */
export function hashWish(wish: SessionCreate): string {
  return createHash('sha256')
    .update(JSON.stringify(wish, (_, value: unknown) => sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** RFB's own authentication (RFC 6143, 7.2.2) reads no more. */
const PASSWORD_LENGTH = 8;

/** 48 random bits. Not pure. */
export function randomPassword(): string {
  return Array.from(
    { length: PASSWORD_LENGTH },
    () => LETTERS[randomInt(LETTERS.length)] ?? '',
  ).join('');
}
