import type { HostView } from '@sallyport/contract/host';

/** Slower than they would like is no other way out. */
const THROTTLED = 'drop_upload';

/** What the guard has stopped, in packets. */
export interface CountedDrops {
  /** Attempts to leave by another way than the network's. */
  readonly attempts: number;
  /** Those by reason, the most first. */
  readonly reasons: readonly (readonly [reason: string, packets: number])[];
  /** To destinations that the networks do not allow. */
  readonly denied: number;
}

/** Pure. @param leaks the reasons that are attempts to leave by another way */
export function countDrops(drops: HostView['drops'], leaks: readonly string[]): CountedDrops {
  const all = Object.entries(drops).map(([reason, { packets }]) => [reason, packets] as const);
  const reasons = all
    .filter(([reason, packets]) => leaks.includes(reason) && packets > 0)
    .toSorted(([, one], [, other]) => other - one);
  const rest = all.filter(([reason]) => !leaks.includes(reason) && reason !== THROTTLED);
  const sum = (of: typeof all): number => of.reduce((total, [, packets]) => total + packets, 0);
  return { attempts: sum(reasons), reasons, denied: sum(rest) };
}
