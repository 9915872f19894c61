import * as z from 'zod';

export const hostAddressSchema = z.strictObject({
  address: z.string(),
  prefix: z.int().describe('Prefix length'),
  family: z.enum(['ipv4', 'ipv6']),
  egress: z.boolean().describe('Whether it can be an egress address now'),
  reason: z.string().describe('Why not; empty when it can'),
  networks: z.array(z.string()).describe('Names of the networks that leave by it'),
});

export const hostInterfaceSchema = z.strictObject({
  name: z.string(),
  role: z
    .enum(['uplink', 'loopback', 'docker-bridge', 'container'])
    .describe('`container`: the host’s end of a container’s link, or a member of a bridge'),
  up: z.boolean().describe('Administratively up and with carrier'),
  mtu: z.int(),
  gateways: z.array(z.string()).describe('Next hops of the default routes through it, best first'),
  addresses: z.array(hostAddressSchema),
});
export type HostInterfaceView = z.infer<typeof hostInterfaceSchema>;

/** What `GET /v1/host` answers. */
export const hostViewSchema = z.strictObject({
  interfaces: z.array(hostInterfaceSchema),
  pool: z.strictObject({
    prefix: z.string(),
    size: z.int().describe('Prefix length of each subnet'),
    capacity: z.int(),
    used: z.int(),
  }),
  kernel: z.string().describe('Its release, as `uname -r` tells it'),
  docker: z.strictObject({ version: z.string().nullable(), apiVersion: z.string().nullable() }),
  drops: z
    .record(z.string(), z.strictObject({ packets: z.int(), bytes: z.int() }))
    .describe('What the guard has stopped, by reason'),
  agent: z.strictObject({
    version: z.string(),
    startedAt: z.int().describe('Epoch milliseconds'),
    stateDir: z.string(),
    lastReconcile: z
      .strictObject({
        at: z.int().describe('Epoch milliseconds'),
        durationMs: z.number(),
        reasons: z.array(z.string()),
        steps: z.int(),
        errors: z.array(z.string()),
      })
      .nullable(),
  }),
});
export type HostView = z.infer<typeof hostViewSchema>;

/** What a look at the host has found and done. */
export const reconcileResultSchema = z.strictObject({
  durationMs: z.number(),
  done: z
    .array(z.string())
    .describe('What was not as it should be and was mended, a sentence each'),
  errors: z.array(z.string()).describe('What could not be mended, a sentence each'),
});
export type ReconcileResult = z.infer<typeof reconcileResultSchema>;

/** One finding of `GET /v1/doctor`. */
export const findingSchema = z.strictObject({
  check: z.string().describe('Stable name of the check, for example `rp-filter`'),
  level: z.enum(['ok', 'warning', 'error']),
  message: z.string(),
  remedy: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What changed, why, and who asked. */
export const eventSchema = z.strictObject({
  id: z.string().describe('UUIDv7: sorts by time'),
  at: z.int().describe('Epoch milliseconds'),
  kind: z.enum([
    'agent.started',
    'agent.stopped',
    'state.lost',
    'network.created',
    'network.updated',
    'network.deleted',
    'network.adopted',
    'network.state',
    'host.changed',
    'network.fallback',
    'lease.given',
    'lease.ended',
    'violation',
    'violation.ended',
    'ports.scarce',
    'ports.ample',
    'session.started',
    'session.ended',
    'session.paused',
    'session.resumed',
    'session.deleted',
    'repair',
    'error',
  ]),
  network: z.string().nullable(),
  session: z.string().optional().describe('Id of the session that it is about'),
  message: z.string(),
  reason: z
    .string()
    .describe('What set it off: an API call, `ip monitor`, `nft monitor`, Docker, the timer'),
  actor: z.string().nullable().describe('Who asked, as the caller says; null when nobody did'),
});
export type AgentEvent = z.infer<typeof eventSchema>;
export type EventKind = AgentEvent['kind'];
