import type { FormerAddress, NetworkSpec } from '@sallyport/core/network';

/** So long connections may go on by a former address, in milliseconds. */
export const DRAIN_MS = 60 * 60_000;
/** So long what is still under way to an ended connection is refused by silence alone. */
export const SILENT_MS = 5 * 60_000;

/**
 * Pure: the network after a change, with the addresses by which it left before. Where it drains, connections go on
 * by them; several addresses are dealt out anew, and there nothing goes on. One that is an egress address again is
 * no former one.
 */
export function withFormer(before: NetworkSpec, after: NetworkSpec, now: number): NetworkSpec {
  const isPool = [before, after].some(
    ({ egress, assign }) => egress.ipv4.length > 1 || assign === 'per-container',
  );
  const drains = after.onChange === 'drain' && !isPool;
  const until = now + (drains ? DRAIN_MS : SILENT_MS);
  const left = before.egress.ipv4.map(
    (address): FormerAddress => ({ address, gateway: before.gateway, until, drains }),
  );
  const known = before.former
    .filter(({ address }) => !before.egress.ipv4.includes(address))
    .map((one) => ({ ...one, drains: one.drains && drains }));
  const former = [...known, ...left];
  return {
    ...after,
    former: former.filter(({ address }) => !after.egress.ipv4.includes(address)),
  };
}

/** Pure: the same networks where no time is over, else with what is over left out. */
export function withoutOver(networks: readonly NetworkSpec[], now: number): readonly NetworkSpec[] {
  const isOver = ({ until }: FormerAddress): boolean => until <= now;
  if (!networks.some(({ former }) => former.some(isOver))) return networks;
  return networks.map((spec) => ({
    ...spec,
    former: spec.former.filter((one) => !isOver(one)),
  }));
}
