import { ASSIGNMENTS, NETWORK_STATES, ON_CHANGE } from '@sallyport/core/network';
import * as z from 'zod';
import { bandwidthInput, bandwidthUpdate, bandwidthView } from './bandwidth.ts';
import { destinationsInput, destinationsUpdate, destinationsView } from './destinations.ts';
import {
  egressAddress6Field,
  egressAddressField,
  gateway6Field,
  gatewayField,
  ipv4Field,
  networkNameField,
  subnet6Field,
  subnetField,
} from './fields.ts';

const routeField = z
  .enum(['uplink', 'main'], 'must be `uplink` or `main`')
  .describe(
    '`uplink`: through the interface that holds the egress address, by its gateway. `main`: as the main routing table says, with this source address.',
  );

/** As many as a bridge can have containers: a Linux bridge has 1,024 ports. */
const MOST_ADDRESSES = 1024;

const egressInput = z.strictObject({
  ipv4: z
    .array(egressAddressField)
    .min(1, 'must hold an address')
    .max(MOST_ADDRESSES, `must hold at most ${MOST_ADDRESSES} addresses`)
    .refine((pool) => new Set(pool).size === pool.length, 'names an address twice')
    .describe('Several: a pool, over which containers are spread; each keeps one address for all'),
  ipv6: z
    .array(egressAddress6Field)
    .max(1, 'must hold at most one address')
    .default([])
    .describe('Empty: nothing of IPv6 leaves'),
});

/** A family that is left out stays as it is. */
const egressUpdate = z.strictObject({
  ipv4: egressInput.shape.ipv4.optional(),
  ipv6: egressInput.shape.ipv6.unwrap().optional(),
});

/** More would hide which one is in use. */
const MOST_FALLBACKS = 8;

const fallbackField = z
  .array(egressAddressField)
  .max(MOST_FALLBACKS, `must hold at most ${MOST_FALLBACKS} addresses`)
  .refine((list) => new Set(list).size === list.length, 'names an address twice')
  .describe(
    'IPv4 addresses by which it leaves while its own can not be used, because the address, its link or its gateway is gone: the first that can. Empty: by none. Not with several egress addresses.',
  );

const assignField = z
  .enum(ASSIGNMENTS, 'must be `shared` or `per-container`')
  .describe(
    '`shared`: each container keeps one of the addresses, several may have the same. `per-container`: each has one of its own while it runs; where none is left, nothing of it leaves.',
  );

const onChangeField = z
  .enum(ON_CHANGE, 'must be `reset` or `drain`')
  .describe(
    'What becomes of connections when the address is changed. `reset`: they are ended. `drain`: those of IPv4 go on by the former address, while the host has it, for an hour; not with several addresses.',
  );

const dnsField = z.array(ipv4Field).max(6).describe('Name servers for containers on this network');

const strictField = z
  .boolean()
  .describe(
    'Whether packets of its containers by an unmanaged network are dropped, and not only told as a violation',
  );

/** What `POST /v1/networks` takes. */
export const networkCreateSchema = z.strictObject({
  name: networkNameField,
  egress: egressInput,
  fallback: fallbackField.default([]),
  assign: assignField.default('shared'),
  onChange: onChangeField.default('reset'),
  route: routeField.default('uplink'),
  gateway: gatewayField.nullable().default(null),
  gateway6: gateway6Field.nullable().default(null),
  subnet: subnetField
    .nullable()
    .default(null)
    .describe("null: the next free one of the agent's pool"),
  subnet6: subnet6Field
    .nullable()
    .default(null)
    .describe('null: with an IPv6 egress the next free one of the pool, without one none'),
  dns: dnsField.nullable().default(null).describe("null: the agent's default name servers"),
  destinations: destinationsInput.prefault({}),
  strict: strictField.default(false),
  bandwidth: bandwidthInput.prefault({}),
});
export type NetworkCreate = z.output<typeof networkCreateSchema>;
export type NetworkCreateInput = z.input<typeof networkCreateSchema>;

/** What `PATCH /v1/networks/{name}` takes; what is left out stays as it is. */
export const networkUpdateSchema = z
  .strictObject({
    egress: egressUpdate.optional(),
    fallback: fallbackField.optional(),
    assign: assignField.optional(),
    onChange: onChangeField.optional(),
    route: routeField.optional(),
    gateway: gatewayField.nullable().optional(),
    gateway6: gateway6Field.nullable().optional(),
    dns: dnsField.optional(),
    destinations: destinationsUpdate.optional(),
    strict: strictField.optional(),
    bandwidth: bandwidthUpdate.optional(),
  })
  .refine((update) => Object.keys(update).length > 0, 'names nothing to change');
export type NetworkUpdate = z.output<typeof networkUpdateSchema>;

/** What `POST /v1/networks/{name}/adopt` takes. */
export const networkAdoptSchema = networkCreateSchema.pick({
  egress: true,
  fallback: true,
  assign: true,
  onChange: true,
  route: true,
  gateway: true,
  gateway6: true,
  dns: true,
  destinations: true,
  strict: true,
  bandwidth: true,
});
export type NetworkAdopt = z.output<typeof networkAdoptSchema>;

export const conditionSchema = z.strictObject({
  type: z.string(),
  ok: z.boolean(),
  message: z.string(),
  remedy: z.string(),
});

/** A network as it is: what was asked for, and how it stands. */
export const networkViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  subnet: z.string(),
  subnet6: z.string().nullable().describe('null: a network of IPv4 alone'),
  bridge: z.string(),
  egress: z.strictObject({ ipv4: z.array(z.string()), ipv6: z.array(z.string()) }),
  fallback: z
    .array(z.string())
    .describe('Addresses that may stand in for `egress.ipv4`, in this order'),
  leaving: z
    .string()
    .nullable()
    .describe('The one of them by which IPv4 leaves now; null: none has to stand in'),
  assign: assignField,
  onChange: onChangeField,
  route: routeField,
  gateway: z.string().nullable().describe('As given; null: found in the host’s routes'),
  gateway6: z.string().nullable(),
  uplink: z
    .string()
    .nullable()
    .describe('Interface by which packets leave; null while there is none, or in mode `main`'),
  nextHop: z.string().nullable().describe('Gateway in use'),
  uplink6: z.string().nullable().describe('As `uplink`, for IPv6'),
  nextHop6: z.string().nullable(),
  dns: z.array(z.string()),
  destinations: destinationsView,
  strict: strictField,
  bandwidth: bandwidthView,
  origin: z.enum(['created', 'adopted']),
  state: z.enum(NETWORK_STATES),
  reason: z.string().describe('One sentence: why it is in this state'),
  remedy: z.string().describe('What to do; empty when there is nothing to do'),
  conditions: z.array(conditionSchema),
  createdAt: z.int().describe('Epoch milliseconds'),
});
export type NetworkView = z.infer<typeof networkViewSchema>;

/** A network that somebody made by hand and that `adopt` could take over. */
export const adoptableSchema = z.strictObject({
  name: z.string(),
  subnet: z.string(),
  bridge: z.string(),
  egressIp: z
    .string()
    .nullable()
    .describe('The source address of its iptables SNAT rule, if it has one'),
  rules: z.array(z.string()).describe('The iptables rules that adoption would remove at the end'),
  obstacle: z.string().nullable().describe('Why it can not be adopted; null when it can'),
});
export type Adoptable = z.infer<typeof adoptableSchema>;
