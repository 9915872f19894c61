import type { LeaseView } from '@sallyport/contract/leases';
import { KEPT_MS } from '../plan/leases.ts';
import type { DesiredState } from '../ports/store.ts';

/** Pure: who has which address, in the order of networks and addresses. @param network null: of all */
export function leaseViews(
  { networks, leases }: DesiredState,
  network: string | null,
  now: number,
): LeaseView[] {
  return networks
    .filter(({ name }) => network === null || name === network)
    .flatMap(({ id, name, egress }) => {
      const place = new Map(egress.ipv4.map((address, index) => [address, index]));
      return leases
        .filter((lease) => lease.network === id)
        .filter(({ gone }) => gone === null || now - gone < KEPT_MS)
        .toSorted((a, b) => (place.get(a.address) ?? 0) - (place.get(b.address) ?? 0))
        .map((lease) => ({ ...lease, network: name, container: { ...lease.container } }));
    });
}
