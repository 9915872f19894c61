import { UNLIMITED } from '@sallyport/core/bandwidth';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { DEFAULT_DESTINATIONS, parseHostService, PRESETS } from '@sallyport/core/destinations';
import { parseIpv4 } from '@sallyport/core/ipv4';
import { parseIpv6 } from '@sallyport/core/ipv6';
import { ASSIGNMENTS, ON_CHANGE } from '@sallyport/core/network';
import { interfaceName, parseNetworkName } from '@sallyport/core/network-name';
import { parsePrefix } from '@sallyport/core/prefix';
import * as z from 'zod';
import type { DesiredState } from '../ports/store.ts';

/* The stored state, read as strictly as what comes from outside. */

/** A parser of core's as a field, so that what it refuses is told with its place. */
function parsed<T extends string>(parse: (text: string) => T) {
  return z.string().transform((input, { issues }): T => {
    try {
      return parse(input);
    } catch (error) {
      issues.push({ code: 'custom', input, message: (error as Error).message });
      return z.NEVER;
    }
  });
}

const ipv4 = parsed(parseIpv4);
const ipv6 = parsed(parseIpv6);

const bandwidth = z.strictObject({
  upload: z.int().positive().nullable(),
  download: z.int().positive().nullable(),
});

const destinations = z.strictObject({
  preset: z.enum(PRESETS),
  allow: z.array(parsed(parsePrefix)).readonly(),
  deny: z.array(parsed(parsePrefix)).readonly(),
  hostServices: z.array(parsed(parseHostService)).readonly(),
});

const networkSchema = z.strictObject({
  id: z.string(),
  name: parsed(parseNetworkName),
  bridge: parsed(interfaceName),
  subnet: parsed(parseCidr4),
  // States that were stored before there was IPv6 have none.
  subnet6: parsed(parsePrefix).nullable().default(null),
  egress: z.strictObject({ ipv4: z.array(ipv4).min(1), ipv6: z.array(ipv6) }),
  fallback: z.array(ipv4).default([]),
  // States that were stored before there were leases have none.
  assign: z.enum(ASSIGNMENTS).default('shared'),
  onChange: z.enum(ON_CHANGE).default('reset'),
  former: z
    .array(
      z.strictObject({
        address: ipv4,
        gateway: ipv4.nullable(),
        until: z.int(),
        drains: z.boolean(),
      }),
    )
    .default([]),
  route: z.enum(['uplink', 'main']),
  gateway: ipv4.nullable(),
  gateway6: ipv6.nullable().default(null),
  dns: z.array(ipv4),
  // States that were stored before there were destinations have none.
  destinations: destinations.default(DEFAULT_DESTINATIONS),
  // States that were stored before there were strict networks have none.
  strict: z.boolean().default(false),
  bandwidth: bandwidth.default(UNLIMITED),
  origin: z.enum(['created', 'adopted']),
  createdAt: z.int(),
  deleting: z.boolean(),
});

const leaseSchema = z.strictObject({
  network: z.string(),
  container: z.strictObject({ id: z.string(), name: z.string() }),
  inside: ipv4,
  address: ipv4,
  since: z.int(),
  gone: z.int().nullable(),
});

const stateSchema = z.strictObject({
  networks: z.array(networkSchema),
  leases: z.array(leaseSchema).default([]),
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
