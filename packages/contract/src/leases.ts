import * as z from 'zod';

/** An egress address that belongs to one container of a network with `assign: per-container`. */
export const leaseSchema = z.strictObject({
  network: z.string(),
  container: z.strictObject({ id: z.string(), name: z.string() }),
  inside: z.string().describe('Address of the container on its network'),
  address: z.string().describe('Egress address by which it leaves, and nobody else'),
  since: z.int().describe('Epoch milliseconds'),
  gone: z
    .int()
    .nullable()
    .describe(
      'Epoch milliseconds since which the container does not run: the address is kept for it for a while, and nothing leaves by it. null: it runs',
    ),
});
export type LeaseView = z.infer<typeof leaseSchema>;
