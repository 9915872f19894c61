import type { Actual } from '../observe/actual.ts';
import { grantLeases, leasesIn, type Placed, withLeases } from '../plan/leases.ts';
import type { Resolution } from '../plan/resolve.ts';
import type { DesiredStore } from './desired-store.ts';

interface Leasing {
  /** null: the containers have not been looked at yet. */
  readonly placed: readonly Placed[] | null;
  readonly actual: Actual;
  readonly store: DesiredStore;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Gives the containers of these networks the addresses that they are to have. A lease is on disk before
 * anything leaves by it.
 *
 * @throws SallyportError `state_not_writable`
 */
export async function leaseAddresses(
  resolution: Resolution,
  { placed, actual, store, now }: Leasing,
): Promise<Resolution> {
  const { leases: known } = store.current;
  const granting = placed !== null && store.lost === null;
  const leases = granting
    ? grantLeases(resolution.networks, known, { placed, now })
    : leasesIn(actual.table, known);
  if (granting && leases !== known) await store.update((state) => ({ ...state, leases }));
  const networks = resolution.networks.map((one) => withLeases(one, leases, placed ?? []));
  return { ...resolution, networks };
}
