import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import { canSpread, WIDEST_SPREAD } from '@sallyport/core/spread';

/**
 * Addresses that containers can't share as it was asked for.
 * @throws SallyportError `subnet_too_large`, `lease_ipv6`, `fallback_unusable`
 */
export function refusePool({
  name,
  subnet,
  egress,
  fallback,
  assign,
}: Pick<NetworkSpec, 'name' | 'subnet' | 'egress' | 'fallback' | 'assign'>): void {
  const [first, ...more] = egress.ipv4;
  const alone = more.length === 0 && assign === 'shared' && !fallback.some((one) => one === first);
  if (fallback.length > 0 && !alone) {
    throw new SallyportError(
      'fallback_unusable',
      `${name} can have the fallback ${fallback.join(', ')} only beside one other address that its containers share.`,
      {
        remedy:
          'Give one egress address, and others as its fallback; or several without a fallback.',
      },
    );
  }
  if (assign === 'per-container') {
    if (egress.ipv6.length === 0) return;
    throw new SallyportError(
      'lease_ipv6',
      `The containers of ${name} are to have an address each, and would share the IPv6 address ${egress.ipv6.join(', ')}.`,
      { remedy: 'Leave the IPv6 egress out, or assign the addresses as shared.' },
    );
  }
  // The addresses of a subnet are spread over a pool one by one, each an element in the kernel.
  if (egress.ipv4.length === 1 || canSpread(subnet)) return;
  throw new SallyportError(
    'subnet_too_large',
    `The subnet ${subnet} of ${name} is too large to be spread over ${egress.ipv4.length} addresses.`,
    {
      remedy: `Make the network with a subnet of /${WIDEST_SPREAD} or smaller: no bridge has more containers than that.`,
    },
  );
}
