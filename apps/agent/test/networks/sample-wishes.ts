import { DEFAULT_POOL6 } from '../../src/constants.ts';
import { networkCreateSchema } from '@sallyport/contract/network';
import { parseCidr4 } from '@sallyport/core/cidr4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { Surroundings } from '../../src/networks/refusals.ts';
import { type Defaults, wishToCreate } from '../../src/networks/wishes.ts';
import { DOCKER0, GUIDE_LINKS, GUIDE_ROUTES } from '../guide-host.ts';

/* Wishes against the host of the guide, without an agent. */

export const DEFAULTS: Defaults = {
  pool6: DEFAULT_POOL6,
  pool: { prefix: parseCidr4('10.208.0.0/12'), size: 24 },
  dns: [],
  id: () => 'new-id',
  now: () => 7,
};

export const HOST: Surroundings = {
  specs: [],
  links: GUIDE_LINKS,
  routes: GUIDE_ROUTES,
  docker: [DOCKER0],
};

export const EGRESS = { ipv4: ['192.168.4.153'] };

export function leavingBy(address: string) {
  return { egress: { ipv4: [address] } };
}

/** What a wish for z_custom_a makes. @throws SallyportError */
export function create(
  wish: object = {},
  host: Partial<Surroundings> = {},
  defaults = DEFAULTS,
): NetworkSpec {
  const full = networkCreateSchema.parse({ name: 'z_custom_a', egress: EGRESS, ...wish });
  return wishToCreate(full, { ...HOST, ...host }, defaults);
}
