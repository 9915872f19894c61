import type { NetworkView } from '@sallyport/contract/network';
import type { Launchable } from '@sallyport/contract/server/images';
import type { SessionView } from '@sallyport/contract/server/sessions';

export const STEPS = ['address', 'network', 'image', 'session', 'verified'] as const;
export type StepName = (typeof STEPS)[number];

/** What is there already, of those things that the steps lead to. */
export interface Present {
  readonly networks: readonly NetworkView[];
  readonly images: readonly Launchable[];
  /** Of whoever asks, the newest first. */
  readonly sessions: readonly SessionView[];
}

/** The step that is to be done now, and what those before it have led to. */
export interface Standing {
  readonly step: StepName;
  readonly network: NetworkView | null;
  readonly image: Launchable | null;
  readonly session: SessionView | null;
}

/**
 * Pure. Nothing is remembered of the way: whoever left comes back to where the host stands, also when something
 * was made elsewhere or is gone again.
 */
export function whereItStands({ networks, images, sessions }: Present): Standing {
  const kept = sessions.filter(({ state }) => state !== 'deleting' && state !== 'deleted');
  const shown = kept.find(({ state, verified }) => state === 'running' && verified?.ok === true);
  const image =
    images.find(({ id, ready }) => ready && kept.some(({ imageId }) => imageId === id)) ??
    images.find(({ ready }) => ready) ??
    null;
  const session = shown ?? kept.find(({ imageId }) => imageId === image?.id) ?? null;
  const wanted = session?.network ?? image?.network;
  const network =
    networks.find(({ name }) => name === wanted) ??
    networks.find(({ state }) => state === 'Ready') ??
    networks[0] ??
    null;
  const step = stepOf({ network, image, session, verified: shown !== undefined });
  return { step, network, image, session };
}

interface Reached extends Omit<Standing, 'step'> {
  readonly verified: boolean;
}

function stepOf({ network, image, verified }: Reached): StepName {
  if (network === null) return 'address';
  if (network.state !== 'Ready') return 'network';
  if (verified) return 'verified';
  return image === null ? 'image' : 'session';
}

/**
 * Pure: whether the steps are worth offering to an administrator: there is no image, or none of them has a
 * network. While the agent is away nobody knows.
 */
export function isNotSetUp(images: readonly Launchable[]): boolean {
  return images.every(
    ({ networkChoices }) =>
      networkChoices.length > 0 && networkChoices.every(({ egress }) => egress.length === 0),
  );
}
