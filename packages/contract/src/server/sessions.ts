import { EXPIRY_ACTIONS } from '@sallyport/core/group-settings';
import { NETWORK_STATES } from '@sallyport/core/network';
import { SESSION_ACTIONS, SESSION_STATES } from '@sallyport/core/session-state';
import * as z from 'zod';
import { networkNameField } from '../fields.ts';

const timeField = z.int().describe('Milliseconds since 1970');
const maybeTime = timeField.nullable();

export const sessionStartSchema = z.strictObject({
  imageId: z.string().max(64),
  network: networkNameField.optional().describe('Where the image lets people choose'),
  egress: z
    .enum(['network', 'own'])
    .optional()
    .describe('`own`: by an address for this session alone. Where the image lets people choose'),
});
export type SessionStart = z.output<typeof sessionStartSchema>;

/** A session as the server keeps it, for the one who asks. */
export const sessionSchema = z.strictObject({
  id: z.string().describe('UUID'),
  imageId: z.string(),
  imageName: z.string(),
  owner: z
    .strictObject({ id: z.string(), name: z.string() })
    .nullable()
    .describe('null: it was found on the host, and its owner is not known'),
  state: z.enum(SESSION_STATES),
  phase: z.string().describe('What is happening now; empty when nothing is'),
  reason: z.string().describe('Why it is in this state, with the remedy; may be empty'),
  actions: z.array(z.enum(SESSION_ACTIONS)).describe('What the one who asks may do with it now'),
  network: z.string(),
  egress: z.array(z.string()).describe('By which addresses it should leave'),
  verified: z
    .strictObject({
      address: z.string().nullable().describe('By which it was seen; null: nobody answered'),
      at: timeField,
      ok: z.boolean(),
    })
    .nullable()
    .describe('The last look from inside the session; null: none yet'),
  networkState: z.enum(NETWORK_STATES),
  networkReason: z.string(),
  containerId: z.string().nullable(),
  host: z.string(),
  createdAt: timeField,
  startedAt: maybeTime,
  lastInputAt: maybeTime,
  lastKeepaliveAt: maybeTime,
  expiresAt: maybeTime.describe('When `expiryAction` happens; null: never'),
  expiryAction: z.enum(EXPIRY_ACTIONS),
  version: z.int(),
});
export type SessionView = z.infer<typeof sessionSchema>;

export const sessionQuerySchema = z.strictObject({
  all: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Those of everybody; needs sessions.read'),
  state: z.enum(SESSION_STATES).optional(),
  image: z.string().max(64).optional().describe('Id'),
  owner: z.string().max(64).optional().describe('Id'),
  network: z.string().max(64).optional(),
  cursor: z.string().max(64).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
