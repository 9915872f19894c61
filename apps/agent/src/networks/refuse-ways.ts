import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import { MAX_SLOT } from '../constants.ts';
import { NO_SLOT, resolve } from '../plan/resolve.ts';
import type { Way } from '../ports/store.ts';
import type { Surroundings } from './refusals.ts';

/**
 * A network that would need one more pair of uplink and gateway than there are marks could never leave.
 * @throws SallyportError `too_many_uplinks`
 */
export function refuseWithoutWay(
  spec: NetworkSpec,
  surroundings: Surroundings,
  ways: readonly Way[],
): void {
  // Slots are given again only when none is free, so below that there is nothing to find out.
  if (ways.length < MAX_SLOT) return;
  const others = surroundings.specs.filter(({ id }) => id !== spec.id);
  const { networks } = resolve([...others, spec], surroundings, ways);
  const own = networks.find((network) => network.spec.id === spec.id);
  if (own?.blocked !== NO_SLOT && own?.blocked6 !== NO_SLOT) return;
  throw new SallyportError(
    'too_many_uplinks',
    `All ${MAX_SLOT} marks for pairs of uplink and gateway are in use, and ${spec.name} would need one more.`,
    { remedy: 'Let networks share gateways, or delete those that are not needed.' },
  );
}
