import * as z from 'zod';
import { countersViewSchema } from './counters.ts';
import { networkNameField } from './fields.ts';
import { flowAnswerSchema, flowQuerySchema } from './flows.ts';
import { leaseSchema } from './leases.ts';
import { violationSchema } from './violations.ts';

/** What containers make of their networks: who uses which address, how much, and who goes another way. */
export const USE_ENDPOINTS = {
  violations: {
    method: 'GET',
    path: '/v1/violations',
    summary: 'Containers whose packets may take another way than an egress network promises',
    query: z.strictObject({ network: networkNameField.optional() }),
    response: z.array(violationSchema),
    status: 200,
    errors: ['network_not_found', 'state_lost'],
  },
  leases: {
    method: 'GET',
    path: '/v1/leases',
    summary: 'Which container has which egress address of its own',
    query: z.strictObject({ network: networkNameField.optional() }),
    response: z.array(leaseSchema),
    status: 200,
    errors: ['network_not_found', 'state_lost'],
  },
  flows: {
    method: 'GET',
    path: '/v1/flows',
    summary: 'Which container used an address and port, and when',
    query: flowQuerySchema,
    response: flowAnswerSchema,
    status: 200,
    errors: [],
  },
  counters: {
    method: 'GET',
    path: '/v1/counters',
    summary: 'Packets, bytes and flows of networks and containers; ports in use; what was dropped',
    query: z.strictObject({ network: networkNameField.optional() }),
    response: countersViewSchema,
    status: 200,
    errors: ['network_not_found', 'state_lost', 'host_refused'],
  },
} as const;
