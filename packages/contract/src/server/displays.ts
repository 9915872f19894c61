import * as z from 'zod';

const timeField = z.int().describe('Milliseconds since 1970');

const ticketFields = {
  ticket: z.string().describe('Good once, for 30 seconds'),
  path: z.string().describe('Of the WebSocket'),
  protocol: z
    .string()
    .describe('Subprotocol of the WebSocket; the other one is `sallyport.ticket.` and the ticket'),
  expiresAt: timeField,
  viewOnly: z.boolean(),
  clipboardIn: z.boolean(),
  clipboardOut: z.boolean(),
};

/** What opens a desktop. */
export const ticketSchema = z.strictObject(ticketFields);
export type Ticket = z.infer<typeof ticketSchema>;

const modeField = z
  .enum(['view', 'control'])
  .describe('`view`: looking on alone, which the server enforces. `control`: as the owner.');

export const shareCreateSchema = z.strictObject({
  mode: modeField.default('view'),
  minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .default(60),
});
export type ShareCreate = z.output<typeof shareCreateSchema>;

/** A link by which others see a desktop. */
export const shareSchema = z.strictObject({
  id: z.string().describe('UUID'),
  mode: modeField,
  createdAt: timeField,
  expiresAt: timeField,
});

export const newShareSchema = shareSchema.extend({
  url: z.string().describe('Path of the page, `/share/TOKEN`; shown once'),
});

export const shareOpenSchema = z.strictObject({ token: z.string().max(128) });

export const openedShareSchema = z.strictObject({
  sessionId: z.string(),
  imageName: z.string(),
  mode: modeField,
  ...ticketFields,
});
