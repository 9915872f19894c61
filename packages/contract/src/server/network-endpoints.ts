import * as z from 'zod';
import { ENDPOINTS } from '../endpoints.ts';
import { byName, done, type ServerEndpoint } from './endpoint.ts';

const NO_AGENT = ['agent_unreachable'] as const;

/**
 * Networks and the host, passed on to the agent: the same schemas, and its own refusals. That the
 * agent can not be reached is one more.
 */
export const NETWORK_ENDPOINTS = {
  listNetworks: {
    ...ENDPOINTS.listNetworks,
    path: '/api/v1/networks',
    access: 'networks.read',
    errors: [...ENDPOINTS.listNetworks.errors, ...NO_AGENT],
  },
  createNetwork: {
    ...ENDPOINTS.createNetwork,
    path: '/api/v1/networks',
    access: 'networks.manage',
    errors: [...ENDPOINTS.createNetwork.errors, ...NO_AGENT],
  },
  showNetwork: {
    ...ENDPOINTS.showNetwork,
    path: '/api/v1/networks/{name}',
    access: 'networks.read',
    errors: [...ENDPOINTS.showNetwork.errors, ...NO_AGENT],
  },
  updateNetwork: {
    ...ENDPOINTS.updateNetwork,
    path: '/api/v1/networks/{name}',
    access: 'networks.manage',
    errors: [...ENDPOINTS.updateNetwork.errors, ...NO_AGENT],
  },
  deleteNetwork: {
    ...ENDPOINTS.deleteNetwork,
    path: '/api/v1/networks/{name}',
    summary: 'Delete a network that no image, session or container uses',
    access: 'networks.manage',
    response: done,
    errors: [...ENDPOINTS.deleteNetwork.errors, ...NO_AGENT],
  },
  listAdoptable: {
    ...ENDPOINTS.listAdoptable,
    path: '/api/v1/adoptable',
    access: 'networks.read',
    errors: [...ENDPOINTS.listAdoptable.errors, ...NO_AGENT],
  },
  adoptNetwork: {
    ...ENDPOINTS.adoptNetwork,
    path: '/api/v1/networks/{name}/adopt',
    access: 'networks.manage',
    errors: [...ENDPOINTS.adoptNetwork.errors, ...NO_AGENT],
  },
  verifyNetwork: {
    ...ENDPOINTS.verify,
    path: '/api/v1/networks/{name}/verify',
    summary: 'Ask the echo services of the agent’s configuration from inside the network',
    access: 'networks.read',
    params: byName,
    // Which service is asked is the agent's business: who may read networks sends it nowhere.
    body: z.strictObject({}).default({}),
    errors: [...ENDPOINTS.verify.errors, ...NO_AGENT],
  },
  applyNetworks: {
    ...ENDPOINTS.apply,
    path: '/api/v1/apply',
    access: 'networks.manage',
    errors: [...ENDPOINTS.apply.errors, ...NO_AGENT],
  },
  exportNetworks: {
    ...ENDPOINTS.exportDocument,
    path: '/api/v1/export',
    access: 'networks.read',
    errors: [...ENDPOINTS.exportDocument.errors, ...NO_AGENT],
  },
  showHost: {
    ...ENDPOINTS.host,
    path: '/api/v1/host',
    access: 'networks.read',
    errors: [...ENDPOINTS.host.errors, ...NO_AGENT],
  },
  doctor: {
    ...ENDPOINTS.doctor,
    path: '/api/v1/host/doctor',
    access: 'networks.read',
    errors: [...ENDPOINTS.doctor.errors, ...NO_AGENT],
  },
  networkCounters: {
    ...ENDPOINTS.counters,
    path: '/api/v1/counters',
    access: 'networks.read',
    errors: [...ENDPOINTS.counters.errors, ...NO_AGENT],
  },
  networkFlows: {
    ...ENDPOINTS.flows,
    path: '/api/v1/flows',
    access: 'networks.read',
    errors: [...ENDPOINTS.flows.errors, ...NO_AGENT],
  },
  networkEvents: {
    ...ENDPOINTS.events,
    path: '/api/v1/network-events',
    access: 'networks.read',
    errors: [...ENDPOINTS.events.errors, ...NO_AGENT],
  },
  networkLeases: {
    ...ENDPOINTS.leases,
    path: '/api/v1/leases',
    access: 'networks.read',
    errors: [...ENDPOINTS.leases.errors, ...NO_AGENT],
  },
  violations: {
    ...ENDPOINTS.violations,
    path: '/api/v1/violations',
    access: 'networks.read',
    errors: [...ENDPOINTS.violations.errors, ...NO_AGENT],
  },
} as const satisfies Record<string, ServerEndpoint>;
