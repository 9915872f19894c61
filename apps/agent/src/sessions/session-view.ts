import type { Session } from '@sallyport/contract/sessions';
import type { NetworkName } from '@sallyport/core/network-name';
import type { SessionContainer } from '../ports/sessions.ts';
import {
  CALLER_KEYS_LABEL,
  CALLER_LABEL,
  DISPLAY_LABEL,
  DISPLAY_PASSWORD,
  NETWORK_LABEL,
  SESSION_LABEL,
} from './labels.ts';

/** Pure: a session as the API shows it. @param ready whether its display has just greeted */
export function sessionView(container: SessionContainer, ready: boolean): Session {
  const { labels, state } = container;
  const port = displayPort(container);
  return {
    id: labels[SESSION_LABEL] ?? '',
    containerId: container.containerId,
    name: container.name,
    image: container.image,
    network: networkOf(container),
    state,
    exitCode: hasEnded(container) ? container.exitCode : null,
    reason: describeState(container),
    address: addressOf(container),
    display: port === null ? null : { port, ready },
    createdAt: container.createdAt,
    startedAt: container.startedAt,
    labels: callersLabels(labels),
  };
}

/** Those that were asked for, and none that the image has brought along. */
function callersLabels(labels: SessionContainer['labels']): Record<string, string> {
  const keys = (labels[CALLER_KEYS_LABEL] ?? '').split(',').filter((key) => key !== '');
  return Object.fromEntries(keys.map((key) => [key, labels[`${CALLER_LABEL}${key}`] ?? '']));
}

/** The network that it was made for; no name of ours is found where somebody wrote another label. */
export function networkOf({ labels }: SessionContainer): NetworkName {
  return (labels[NETWORK_LABEL] ?? '') as NetworkName;
}

/** Its address in the network of the session; null while it has none. */
export function addressOf(container: SessionContainer): string | null {
  return container.addresses[networkOf(container)] ?? null;
}

/** null: the session has no display. */
export function displayPort({ labels }: SessionContainer): number | null {
  const text = labels[DISPLAY_LABEL] ?? '';
  return text === '' ? null : Number(text);
}

/** null: the session has no display. */
export function displayPassword({ environment }: SessionContainer): string | null {
  const start = `${DISPLAY_PASSWORD}=`;
  return environment.find((entry) => entry.startsWith(start))?.slice(start.length) ?? null;
}

function hasEnded({ state }: SessionContainer): boolean {
  return state === 'exited' || state === 'dead';
}

/** One sentence. */
export function describeState(container: SessionContainer): string {
  const { state, exitCode, error } = container;
  if (error !== '') return `it could not be started: ${error}`;
  if (state === 'created') return 'it was made and not started yet';
  if (state === 'running') return 'it runs';
  if (state === 'paused') return 'it is paused';
  return `it ended with exit code ${exitCode}${meaningOf(container)}`;
}

/** Beyond 128 a shell's and Docker's way to tell of a signal. */
function meaningOf({ exitCode, outOfMemory }: SessionContainer): string {
  if (exitCode === 137) return outOfMemory ? ' (killed; out of memory)' : ' (killed)';
  if (exitCode === 143) return ' (asked to end)';
  return '';
}
