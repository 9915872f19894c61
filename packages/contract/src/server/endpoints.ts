import * as z from 'zod';
import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts';
import { auditEntrySchema, auditQuerySchema, auditVerificationSchema } from './audit.ts';
import { CHANGE_ENDPOINTS } from './change-endpoints.ts';
import { byId, done, pageOf, pageQuery, type ServerEndpoint, textCursor } from './endpoint.ts';
import { DISPLAY_ENDPOINTS } from './display-endpoints.ts';
import { IMAGE_ENDPOINTS } from './image-endpoints.ts';
import { LIVE_ENDPOINTS } from './live-endpoints.ts';
import { NETWORK_ENDPOINTS } from './network-endpoints.ts';
import { SESSION_ENDPOINTS } from './session-endpoints.ts';
import { SETTINGS_ENDPOINTS } from './settings-endpoints.ts';
import {
  groupCreateSchema,
  groupSchema,
  groupUpdateSchema,
  userCreateSchema,
  userSchema,
  userUpdateSchema,
} from './people.ts';

const status = z.strictObject({ status: z.literal('ok') });
/** Without the agent people still sign in and read: it does not make the server unready. */
const readiness = status.extend({ agent: z.enum(['reachable', 'unreachable']) });

export const SERVER_ENDPOINTS = {
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process answers',
    access: 'public',
    response: status,
    status: 200,
    errors: [],
  },
  readiness: {
    method: 'GET',
    path: '/readyz',
    summary: 'The database answers; whether the agent does is told beside it',
    access: 'public',
    response: readiness,
    status: 200,
    errors: ['server_not_ready'],
  },
  ...ACCOUNT_ENDPOINTS,
  ...IMAGE_ENDPOINTS,
  ...CHANGE_ENDPOINTS,
  ...LIVE_ENDPOINTS,
  ...NETWORK_ENDPOINTS,
  ...SESSION_ENDPOINTS,
  ...DISPLAY_ENDPOINTS,
  ...SETTINGS_ENDPOINTS,
  listUsers: {
    method: 'GET',
    path: '/api/v1/users',
    summary: 'All users, the oldest first',
    access: 'users.read',
    query: pageQuery,
    response: pageOf(userSchema, textCursor),
    status: 200,
    errors: [],
  },
  createUser: {
    method: 'POST',
    path: '/api/v1/users',
    summary: 'Create a user',
    access: 'users.manage',
    idempotent: true,
    body: userCreateSchema,
    response: userSchema,
    status: 201,
    errors: ['user_exists', 'group_not_found', 'idempotency_conflict'],
  },
  showUser: {
    method: 'GET',
    path: '/api/v1/users/{id}',
    summary: 'One user',
    access: 'users.read',
    params: byId,
    response: userSchema,
    status: 200,
    errors: ['user_not_found'],
  },
  updateUser: {
    method: 'PATCH',
    path: '/api/v1/users/{id}',
    summary: 'Change a user; a new password or disabling ends every sign-in of theirs',
    access: 'users.manage',
    versioned: true,
    params: byId,
    body: userUpdateSchema,
    response: userSchema,
    status: 200,
    errors: ['user_not_found', 'user_exists', 'group_not_found', 'last_administrator'],
  },
  deleteUser: {
    method: 'DELETE',
    path: '/api/v1/users/{id}',
    summary: 'Delete a user, with keys and sign-ins',
    access: 'users.manage',
    params: byId,
    response: done,
    status: 200,
    errors: ['user_not_found', 'last_administrator'],
  },
  listGroups: {
    method: 'GET',
    path: '/api/v1/groups',
    summary: 'All groups, the oldest first',
    access: 'groups.read',
    query: pageQuery,
    response: pageOf(groupSchema, textCursor),
    status: 200,
    errors: [],
  },
  createGroup: {
    method: 'POST',
    path: '/api/v1/groups',
    summary: 'Create a group',
    access: 'groups.manage',
    idempotent: true,
    body: groupCreateSchema,
    response: groupSchema,
    status: 201,
    errors: ['group_exists', 'idempotency_conflict'],
  },
  showGroup: {
    method: 'GET',
    path: '/api/v1/groups/{id}',
    summary: 'One group',
    access: 'groups.read',
    params: byId,
    response: groupSchema,
    status: 200,
    errors: ['group_not_found'],
  },
  updateGroup: {
    method: 'PATCH',
    path: '/api/v1/groups/{id}',
    summary: 'Change a group',
    access: 'groups.manage',
    versioned: true,
    params: byId,
    body: groupUpdateSchema,
    response: groupSchema,
    status: 200,
    errors: ['group_not_found', 'group_exists'],
  },
  deleteGroup: {
    method: 'DELETE',
    path: '/api/v1/groups/{id}',
    summary: 'Delete a group; its members stay',
    access: 'groups.manage',
    params: byId,
    response: done,
    status: 200,
    errors: ['group_not_found', 'group_fixed'],
  },
  audit: {
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Who did what to which object from where, the newest first',
    access: 'audit.read',
    query: auditQuerySchema,
    response: pageOf(auditEntrySchema, z.int().nullable()),
    status: 200,
    errors: [],
  },
  verifyAudit: {
    method: 'GET',
    path: '/api/v1/audit/verify',
    summary: 'Check the hash chain of the whole log',
    access: 'audit.read',
    query: z.strictObject({
      head: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
        .optional()
        .describe('`head` of an earlier answer, which must be in the chain'),
    }),
    response: auditVerificationSchema,
    status: 200,
    errors: [],
  },
} as const satisfies Record<string, ServerEndpoint>;

export type ServerEndpointName = keyof typeof SERVER_ENDPOINTS;
