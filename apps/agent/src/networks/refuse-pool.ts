import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import { canSpread, WIDEST_SPREAD } from '@sallyport/core/spread';

/**
 * The addresses of a subnet are spread over a pool one by one, each an element in the kernel.
 * @throws SallyportError `subnet_too_large`
 */
export function refuseLargePool({
  name,
  subnet,
  egress,
}: Pick<NetworkSpec, 'name' | 'subnet' | 'egress'>): void {
  if (egress.ipv4.length === 1 || canSpread(subnet)) return;
  throw new SallyportError(
    'subnet_too_large',
    `The subnet ${subnet} of ${name} is too large to be spread over ${egress.ipv4.length} addresses.`,
    {
      remedy: `Make the network with a subnet of /${WIDEST_SPREAD} or smaller: no bridge has more containers than that.`,
    },
  );
}
