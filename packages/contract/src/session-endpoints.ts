import * as z from 'zod';
import { countField } from './count-field.ts';
import { problemSchema } from './problem.ts';
import {
  imageSchema,
  pullDoneSchema,
  pullProgressSchema,
  pullRequestSchema,
  sessionCreateSchema,
  sessionSchema,
  sessionVerificationSchema,
} from './sessions.ts';

const MOST_LINES = 10_000;

const byId = z.strictObject({ id: z.uuid() });
const DOCKER = ['docker_unreachable', 'docker_refused'] as const;
const CHANGING = ['session_not_found', 'session_state', ...DOCKER] as const;

/**
 * Sessions: hardened containers on egress networks. The display itself is no endpoint as data: it is an
 * upgrade of `GET /v1/sessions/{id}/display` to raw bytes (docs/api.md).
 */
export const SESSION_ENDPOINTS = {
  listSessions: {
    method: 'GET',
    path: '/v1/sessions',
    summary: 'All sessions, as Docker has them',
    response: z.array(sessionSchema),
    status: 200,
    errors: DOCKER,
  },
  createSession: {
    method: 'POST',
    path: '/v1/sessions',
    summary: 'Create and start a container for a session; the same id and wish again is answered',
    body: sessionCreateSchema,
    response: sessionSchema,
    status: 201,
    errors: [
      'session_exists',
      'session_refused',
      'no_own_address',
      'session_state',
      'image_not_found',
      'network_not_found',
      'state_lost',
      ...DOCKER,
    ],
  },
  launchSession: {
    method: 'POST',
    path: '/v1/sessions/{id}/launch',
    summary: 'Run the commands that the session was made with, and wait for their end',
    params: byId,
    response: z.strictObject({
      ran: z.array(z.enum(['firstLaunch', 'everyStart'])).describe('Those that ended well now'),
    }),
    status: 200,
    errors: ['session_launch_failed', ...CHANGING],
  },
  showSession: {
    method: 'GET',
    path: '/v1/sessions/{id}',
    summary: 'One session, and whether its display is ready',
    params: byId,
    response: sessionSchema,
    status: 200,
    errors: ['session_not_found', ...DOCKER],
  },
  startSession: {
    method: 'POST',
    path: '/v1/sessions/{id}/start',
    summary: 'Start a session that was stopped',
    params: byId,
    response: sessionSchema,
    status: 200,
    errors: ['network_not_found', 'state_lost', ...CHANGING],
  },
  stopSession: {
    method: 'POST',
    path: '/v1/sessions/{id}/stop',
    summary: 'End the processes of a session; its container stays',
    params: byId,
    response: sessionSchema,
    status: 200,
    errors: CHANGING,
  },
  pauseSession: {
    method: 'POST',
    path: '/v1/sessions/{id}/pause',
    summary: 'Freeze the processes of a session',
    params: byId,
    response: sessionSchema,
    status: 200,
    errors: CHANGING,
  },
  resumeSession: {
    method: 'POST',
    path: '/v1/sessions/{id}/resume',
    summary: 'Let a frozen session go on',
    params: byId,
    response: sessionSchema,
    status: 200,
    errors: CHANGING,
  },
  deleteSession: {
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    summary: 'Remove the container of a session, and its profile where that is asked for',
    params: byId,
    query: z.strictObject({
      profile: z
        .enum(['keep', 'delete'], 'must be `keep` or `delete`')
        .default('keep')
        .describe('What becomes of its profile volume'),
    }),
    response: z.strictObject({}),
    status: 200,
    errors: ['session_not_found', ...DOCKER],
  },
  sessionLogs: {
    method: 'GET',
    path: '/v1/sessions/{id}/logs',
    summary: 'What the container of a session has printed',
    params: byId,
    query: z.strictObject({
      lines: countField(MOST_LINES, 500, 'At most so many, the newest'),
    }),
    response: z.strictObject({ text: z.string() }),
    status: 200,
    errors: ['session_not_found', ...DOCKER],
  },
  verifySession: {
    method: 'POST',
    path: '/v1/sessions/{id}/verify',
    summary: 'Ask echo services from inside the session and compare with the egress address',
    params: byId,
    response: sessionVerificationSchema,
    status: 200,
    errors: ['network_not_found', 'state_lost', 'no_echo_service', 'host_refused', ...CHANGING],
  },
  listImages: {
    method: 'GET',
    path: '/v1/images',
    summary: 'Images that Docker holds, by each of their names',
    response: z.array(imageSchema),
    status: 200,
    errors: DOCKER,
  },
  pullImage: {
    method: 'POST',
    path: '/v1/images/pull',
    summary: 'Pull an image; the last line says that it is done, or is a problem',
    body: pullRequestSchema,
    response: z.union([pullDoneSchema, problemSchema, pullProgressSchema]),
    status: 200,
    stream: 'ndjson',
    errors: [],
  },
} as const;
