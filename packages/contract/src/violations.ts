import * as z from 'zod';

const VIOLATION_KINDS = [
  'other-network',
  'host-network',
  'shared-namespace',
  'own-link',
  'default-route',
  'inherited-dns',
] as const;

/** A container whose packets may take another way than an egress network promises. */
export const violationSchema = z.strictObject({
  kind: z
    .enum(VIOLATION_KINDS)
    .describe(
      '`other-network`: is on an unmanaged network as well. `host-network`: has the host’s network, and belongs to a project on an egress network. `shared-namespace`: is in the namespace of a container on an egress network. `own-link`: macvlan or ipvlan on an uplink. `default-route`: sends by another router than the network’s. `inherited-dns`: has the host’s name servers.',
    ),
  network: z.string().nullable().describe('The egress network; null where none is concerned alone'),
  container: z.strictObject({ id: z.string(), name: z.string() }),
  message: z.string(),
  remedy: z.string(),
  blocked: z
    .boolean()
    .describe(
      'Whether its packets by the other way are dropped now, because the network is strict',
    ),
  since: z.int().describe('Epoch milliseconds at which the agent saw it first'),
});
export type Violation = z.infer<typeof violationSchema>;
