import * as z from 'zod';

const amountSchema = z.strictObject({ packets: z.int(), bytes: z.int() });

const trafficSchema = {
  sent: amountSchema.describe('By containers'),
  received: amountSchema.describe('By containers'),
  flows: z.int().describe('Flows that began'),
} as const;

export const networkCountersSchema = z.strictObject({
  network: z.string(),
  ...trafficSchema,
  containers: z
    .array(z.strictObject({ id: z.string(), name: z.string(), ...trafficSchema }))
    .describe('Those of which flows are known, by name; also those that are gone'),
});
export type NetworkCounters = z.infer<typeof networkCountersSchema>;

export const portUseSchema = z.strictObject({
  address: z.string().describe('Egress address'),
  protocol: z.string(),
  destination: z.string().describe('The destination with most ports in use: ADDRESS:PORT'),
  used: z.int(),
  of: z.int().describe('How many ports there are for one destination'),
});
export type PortUse = z.infer<typeof portUseSchema>;

/** What networks have carried, and what the guard has stopped. */
export const countersViewSchema = z.strictObject({
  since: z
    .int()
    .describe(
      'From when on flows are counted: the first start of an agent with this state directory; epoch milliseconds',
    ),
  networks: z.array(networkCountersSchema),
  ports: z
    .array(portUseSchema)
    .describe('For each egress address and protocol, the destination with most ports in use'),
  drops: z.record(z.string(), amountSchema).describe('What the guard has stopped, by reason'),
});
export type CountersView = z.infer<typeof countersViewSchema>;
