import { parseCidr4 } from '@sallyport/core/cidr4';
import { parseIpv4 } from '@sallyport/core/ipv4';
import { interfaceName, parseNetworkName } from '@sallyport/core/network-name';
import * as z from 'zod';
import type { DesiredState } from '../ports/store.ts';

/* The stored state, read as strictly as what comes from outside. */

const ipv4 = z.string().transform((text) => parseIpv4(text));

const networkSchema = z.strictObject({
  id: z.string(),
  name: z.string().transform((text) => parseNetworkName(text)),
  bridge: z.string().transform((text) => interfaceName(text)),
  subnet: z.string().transform((text) => parseCidr4(text)),
  egress: z.strictObject({ ipv4: z.array(ipv4), ipv6: z.array(z.string()) }),
  route: z.enum(['uplink', 'main']),
  gateway: ipv4.nullable(),
  dns: z.array(ipv4),
  origin: z.enum(['created', 'adopted']),
  createdAt: z.int(),
  deleting: z.boolean(),
});

const stateSchema = z.strictObject({
  networks: z.array(networkSchema),
  ways: z.array(z.strictObject({ slot: z.int().min(1), key: z.string() })),
});

/** @throws Error with a sentence */
export function parseState(value: unknown, name: string): DesiredState {
  const result = stateSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(
    `${name} holds something else than networks: ${issue?.path.join('.')} ${issue?.message}`,
  );
}
