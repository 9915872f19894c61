import * as z from 'zod';
import {
  newShareSchema,
  openedShareSchema,
  shareCreateSchema,
  shareOpenSchema,
  shareSchema,
  ticketSchema,
} from './displays.ts';
import { byId, done, type ServerEndpoint } from './endpoint.ts';

const ACTING = ['session_not_found', 'session_state', 'forbidden'] as const;

/**
 * The way to desktops. The desktop itself is a WebSocket at `/api/v1/sessions/{id}/display`
 * (docs/display.md), which a ticket opens.
 */
export const DISPLAY_ENDPOINTS = {
  createTicket: {
    method: 'POST',
    path: '/api/v1/sessions/{id}/ticket',
    summary: 'A ticket to the desktop of a session; ends with the sign-in that it was asked with',
    access: 'in-person',
    params: byId,
    response: ticketSchema,
    status: 201,
    errors: ACTING,
  },
  thumbnail: {
    method: 'GET',
    path: '/api/v1/sessions/{id}/thumbnail',
    summary: 'A small picture of the desktop, at most 30 seconds old',
    access: 'signed-in',
    params: byId,
    media: 'image/png',
    response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    status: 200,
    errors: [...ACTING, 'display_unreachable', 'agent_unreachable'],
  },
  listShares: {
    method: 'GET',
    path: '/api/v1/sessions/{id}/shares',
    summary: 'The links by which others see a session',
    access: 'signed-in',
    params: byId,
    response: z.array(shareSchema),
    status: 200,
    errors: ['session_not_found', 'forbidden'],
  },
  createShare: {
    method: 'POST',
    path: '/api/v1/sessions/{id}/shares',
    summary: 'Make a link by which others see the session; it is shown once',
    access: 'in-person',
    params: byId,
    body: shareCreateSchema,
    response: newShareSchema,
    status: 201,
    errors: ACTING,
  },
  deleteShare: {
    method: 'DELETE',
    path: '/api/v1/sessions/{id}/shares/{shareId}',
    summary: 'End a link; whoever came by it is cut at once',
    access: 'signed-in',
    params: byId.extend({ shareId: z.string().max(64) }),
    response: done,
    status: 200,
    errors: ['session_not_found', 'share_not_found', 'forbidden'],
  },
  openShare: {
    method: 'POST',
    path: '/api/v1/shares/open',
    summary: 'A ticket by a link, without an account',
    access: 'public',
    body: shareOpenSchema,
    response: openedShareSchema,
    status: 200,
    errors: ['share_not_found', 'session_state', 'too_many_attempts'],
  },
} as const satisfies Record<string, ServerEndpoint>;
