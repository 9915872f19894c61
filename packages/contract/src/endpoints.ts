import * as z from 'zod';
import { countField } from './count-field.ts';
import { applyRequestSchema, applyResultSchema, documentSchema } from './document.ts';
import type { ErrorCode } from './errors.ts';
import { networkNameField } from './fields.ts';
import { eventSchema, findingSchema, hostViewSchema, reconcileResultSchema } from './host.ts';
import {
  adoptableSchema,
  networkAdoptSchema,
  networkCreateSchema,
  networkUpdateSchema,
  networkViewSchema,
} from './network.ts';
import { SESSION_ENDPOINTS } from './session-endpoints.ts';
import { settingSchema } from './settings.ts';
import { USE_ENDPOINTS } from './use-endpoints.ts';
import { verificationSchema, verifyRequestSchema } from './verify.ts';

/** One endpoint of the agent's API: server, client and OpenAPI document are all made from it. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `{parameter}` segments. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  readonly status: 200 | 201;
  /** `ndjson`: one JSON value a line, for as long as the caller stays. */
  readonly stream?: 'ndjson';
  /** The answer is of this type, and no JSON. */
  readonly media?: 'image/png' | 'text/event-stream';
  /** Besides `invalid_input` and `internal`, which every endpoint can give. */
  readonly errors: readonly ErrorCode[];
}

const MOST_EVENTS = 10_000;

const byName = z.strictObject({ name: networkNameField });
const CHANGING = [
  'state_lost',
  'state_not_writable',
  'docker_unreachable',
  'docker_refused',
  'host_refused',
] as const;

export const ENDPOINTS = {
  host: {
    method: 'GET',
    path: '/v1/host',
    summary: 'Interfaces, addresses, gateways, and which address can be an egress address',
    response: hostViewSchema,
    status: 200,
    errors: ['host_refused'],
  },
  doctor: {
    method: 'GET',
    path: '/v1/doctor',
    summary: 'Check kernel, nft, Docker, forwarding, filters, and rules of others',
    response: z.array(findingSchema),
    status: 200,
    errors: ['host_refused'],
  },
  settings: {
    method: 'GET',
    path: '/v1/settings',
    summary: 'What the agent is set up with, and where each setting comes from',
    response: z.array(settingSchema),
    status: 200,
    errors: [],
  },
  listNetworks: {
    method: 'GET',
    path: '/v1/networks',
    summary: 'All egress networks and how they stand',
    response: z.array(networkViewSchema),
    status: 200,
    errors: ['state_lost'],
  },
  createNetwork: {
    method: 'POST',
    path: '/v1/networks',
    summary:
      'Create an egress network; answers when its guard, routes and Docker network are in place',
    body: networkCreateSchema,
    response: networkViewSchema,
    status: 201,
    errors: [
      'network_exists',
      'bridge_name_taken',
      'subnet_overlap',
      'pool_exhausted',
      'egress_address_unusable',
      'subnet_too_large',
      'lease_ipv6',
      'fallback_unusable',
      'gateway_unusable',
      'too_many_uplinks',
      ...CHANGING,
    ],
  },
  showNetwork: {
    method: 'GET',
    path: '/v1/networks/{name}',
    summary: 'One egress network',
    params: byName,
    response: networkViewSchema,
    status: 200,
    errors: ['network_not_found', 'state_lost'],
  },
  updateNetwork: {
    method: 'PATCH',
    path: '/v1/networks/{name}',
    summary: 'Change a network; after the answer no packet leaves by a former egress address',
    params: byName,
    body: networkUpdateSchema,
    response: networkViewSchema,
    status: 200,
    errors: [
      'network_not_found',
      'egress_address_unusable',
      'subnet_too_large',
      'lease_ipv6',
      'fallback_unusable',
      'gateway_unusable',
      'too_many_uplinks',
      ...CHANGING,
    ],
  },
  deleteNetwork: {
    method: 'DELETE',
    path: '/v1/networks/{name}',
    summary: 'Delete a network that no container uses, with its Docker network',
    params: byName,
    response: networkViewSchema,
    status: 200,
    errors: ['network_not_found', 'network_in_use', ...CHANGING],
  },
  listAdoptable: {
    method: 'GET',
    path: '/v1/adoptable',
    summary: 'Docker networks made by hand that could be adopted',
    response: z.array(adoptableSchema),
    status: 200,
    errors: ['docker_unreachable', 'docker_refused', 'host_refused'],
  },
  adoptNetwork: {
    method: 'POST',
    path: '/v1/networks/{name}/adopt',
    summary: 'Take over a Docker network made by hand; its own SNAT rules are removed last',
    params: byName,
    body: networkAdoptSchema,
    response: networkViewSchema,
    status: 201,
    errors: [
      'network_exists',
      'network_not_found',
      'not_adoptable',
      'egress_address_unusable',
      'subnet_too_large',
      'lease_ipv6',
      'fallback_unusable',
      'gateway_unusable',
      'too_many_uplinks',
      ...CHANGING,
    ],
  },
  verify: {
    method: 'POST',
    path: '/v1/verify',
    summary: 'Ask echo services from inside networks and compare with the egress address',
    body: verifyRequestSchema,
    response: z.array(verificationSchema),
    status: 200,
    errors: [
      'network_not_found',
      'no_echo_service',
      'state_lost',
      'docker_unreachable',
      'docker_refused',
      'host_refused',
    ],
  },
  ...USE_ENDPOINTS,
  apply: {
    method: 'POST',
    path: '/v1/apply',
    summary: 'Make the networks as the document says, or only say what would change',
    body: applyRequestSchema,
    response: applyResultSchema,
    status: 200,
    errors: [
      'network_in_use',
      'bridge_name_taken',
      'subnet_overlap',
      'pool_exhausted',
      'egress_address_unusable',
      'subnet_too_large',
      'lease_ipv6',
      'fallback_unusable',
      'gateway_unusable',
      'too_many_uplinks',
      'not_adoptable',
      ...CHANGING,
    ],
  },
  reconcile: {
    method: 'POST',
    path: '/v1/reconcile',
    summary: 'Look at everything on the host now, and mend what is not as it should be',
    response: reconcileResultSchema,
    status: 200,
    errors: ['host_refused', 'state_not_writable'],
  },
  exportDocument: {
    method: 'GET',
    path: '/v1/export',
    summary: 'The document from which `apply` makes the present networks',
    response: documentSchema,
    status: 200,
    errors: ['state_lost'],
  },
  events: {
    method: 'GET',
    path: '/v1/events',
    summary: 'What changed, oldest first',
    query: z.strictObject({
      limit: countField(MOST_EVENTS, 100, 'At most so many, the newest'),
      network: networkNameField.optional(),
    }),
    response: z.array(eventSchema),
    status: 200,
    errors: [],
  },
  followEvents: {
    method: 'GET',
    path: '/v1/events/stream',
    summary: 'New events as they happen',
    response: eventSchema,
    status: 200,
    stream: 'ndjson',
    errors: [],
  },
  ...SESSION_ENDPOINTS,
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;
