import * as z from 'zod';
import { type ErrorCode, ERRORS, type Problem } from './errors.ts';

const fieldErrorSchema = z.strictObject({
  field: z.string().describe('Path of the field, for example `egress.ipv4[0]`'),
  value: z.unknown().optional().describe('The value as it was given; absent where there was none'),
  message: z.string(),
  remedy: z.string(),
});

/** Problem details (RFC 9457) with a stable code and a remedy, for documents and checks. */
export const problemSchema = z.strictObject({
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().describe('One sentence: what happened'),
  remedy: z.string().describe('One sentence or command: what to do; may be empty'),
  errors: z.array(fieldErrorSchema),
}) satisfies z.ZodType<Problem>;
