import * as z from 'zod';

export const auditEntrySchema = z.strictObject({
  seq: z.int().describe('Without gaps, from 1'),
  at: z.int().describe('Milliseconds since 1970'),
  actor: z.strictObject({ id: z.string().nullable(), name: z.string(), source: z.string() }),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

const time = z.coerce.number().int().min(0).describe('Milliseconds since 1970');

export const auditQuerySchema = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  actor: z.string().max(128).optional().describe('Id or name'),
  object: z.string().max(128).optional().describe('Id'),
  cursor: z.coerce.number().int().min(1).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const auditVerificationSchema = z.strictObject({
  intact: z.boolean(),
  entries: z.int(),
  head: z.string().describe('Keep it elsewhere: it shows later whether the end was cut off'),
  reason: z.string(),
});
