import * as z from 'zod';
import type { ServerEndpoint } from './endpoint.ts';

/** `data` of one server-sent event: what has changed, never its content. */
export const liveEventSchema = z.strictObject({
  kind: z.enum(['session', 'image', 'network', 'user', 'group']),
  id: z.string().describe('of a network its name'),
  change: z.enum(['created', 'updated', 'deleted']),
  at: z.int().describe('milliseconds since 1970'),
});
export type LiveEvent = z.output<typeof liveEventSchema>;

export const LIVE_ENDPOINTS = {
  liveEvents: {
    method: 'GET',
    path: '/api/v1/events',
    summary:
      'Server-sent events: what changes of what the caller may see; `reset` when some were missed',
    access: 'signed-in',
    query: z.strictObject({}),
    media: 'text/event-stream',
    response: z.custom<AsyncIterable<string>>(
      (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
    ),
    status: 200,
    errors: [],
  },
} as const satisfies Record<string, ServerEndpoint>;
