import { AddressError, parseIpv4 } from '@sallyport/core/ipv4';
import { parseIpv6 } from '@sallyport/core/ipv6';
import * as z from 'zod';
import { networkNameField } from './fields.ts';

const MOST_FLOWS = 10_000;
const LIMIT_ERROR = `must be a whole number from 1 to ${MOST_FLOWS}`;
const PORT_ERROR = 'must be a whole number from 0 to 65535';
const TIME_ERROR = 'must be a time in epoch milliseconds';

const addressField = z
  .string()
  .max(64)
  .transform((text, context): string => {
    try {
      return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      const params = { remedy: 'give one address, for example 192.0.2.10' };
      context.issues.push({ code: 'custom', input: text, message: error.message, params });
      return z.NEVER;
    }
  })
  .meta({ description: 'IPv4 or IPv6 address', examples: ['192.0.2.10'] });

const timeField = z.coerce.number(TIME_ERROR).int(TIME_ERROR).min(0, TIME_ERROR);

/** Which flows. All conditions hold together. */
export const flowQuerySchema = z.strictObject({
  address: addressField
    .optional()
    .describe('By which the flow left the host, or the container’s own'),
  port: z.coerce
    .number(PORT_ERROR)
    .int(PORT_ERROR)
    .min(0, PORT_ERROR)
    .max(65_535, PORT_ERROR)
    .optional()
    .describe('Of the same end as the address'),
  since: timeField.optional().describe('Lived at this time or later; epoch milliseconds'),
  until: timeField.optional().describe('Lived at this time or earlier; epoch milliseconds'),
  network: networkNameField.optional(),
  container: z.string().max(128).optional().describe('Name, or at least 12 digits of the id'),
  limit: z.coerce
    .number(LIMIT_ERROR)
    .int(LIMIT_ERROR)
    .min(1, LIMIT_ERROR)
    .max(MOST_FLOWS, LIMIT_ERROR)
    .default(100)
    .describe('At most so many, the newest'),
});
export type FlowQuery = z.output<typeof flowQuerySchema>;

const peerSchema = z.strictObject({
  address: z.string(),
  port: z.int().nullable().describe('null: the protocol has none'),
});

const amountSchema = z.strictObject({ packets: z.int(), bytes: z.int() });

export const flowEntrySchema = z.strictObject({
  startedAt: z
    .int()
    .nullable()
    .describe('Epoch milliseconds; null: before the agent began to watch'),
  seenAt: z.int().describe('Epoch milliseconds of the first record of it'),
  endedAt: z.int().nullable().describe('Epoch milliseconds; null: it lives, or see `endedBefore`'),
  endedBefore: z
    .int()
    .nullable()
    .describe('It ended before this time, unseen; epoch milliseconds; null: that is not so'),
  protocol: z.string(),
  source: peerSchema.describe('The container’s end'),
  destination: peerSchema.describe('To whom the container has sent'),
  leaving: peerSchema.describe('The source after the translation: what the other side has seen'),
  answering: peerSchema.describe('The destination after a translation'),
  network: z.string(),
  container: z
    .strictObject({ id: z.string(), name: z.string() })
    .nullable()
    .describe('Who had the source address when the flow began; null: not known'),
  sent: amountSchema.nullable().describe('By the container; null until it has ended'),
  received: amountSchema.nullable().describe('By the container; null until it has ended'),
});
export type FlowEntry = z.infer<typeof flowEntrySchema>;

export const flowAnswerSchema = z.strictObject({
  flows: z.array(flowEntrySchema).describe('Newest first'),
  gaps: z
    .array(z.strictObject({ at: z.int(), reason: z.string() }))
    .describe(
      'Before these times, and after the record before, flows may be missing; newest first',
    ),
});
export type FlowAnswer = z.infer<typeof flowAnswerSchema>;
