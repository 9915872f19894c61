import * as z from 'zod';
import { networkCreateSchema } from './network.ts';

/** One address where a list is meant is what people write by hand; both are read. */
function addressOrList<S extends z.ZodType>(list: S) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), list);
}

const { ipv4, ipv6 } = networkCreateSchema.shape.egress.shape;

const documentNetworkSchema = networkCreateSchema.extend({
  egress: networkCreateSchema.shape.egress.extend({
    ipv4: addressOrList(ipv4),
    ipv6: addressOrList(ipv6).default([]),
  }),
});

/** The file of `sallyport apply -f` and `sallyport export`. */
export const documentSchema = z.strictObject({
  networks: z
    .array(documentNetworkSchema)
    .superRefine((networks, context) => {
      const seen = new Set<string>();
      for (const [index, { name }] of networks.entries()) {
        if (seen.has(name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: 'is named twice',
            params: { remedy: 'keep one of the two' },
          });
        }
        seen.add(name);
      }
    })
    .default([]),
});
export type Document = z.output<typeof documentSchema>;

export const applyRequestSchema = z.strictObject({
  document: documentSchema,
  dryRun: z.boolean().default(false),
  prune: z.boolean().default(false).describe('Delete networks that the document does not name'),
});
export type ApplyRequest = z.output<typeof applyRequestSchema>;

export const changeSchema = z.strictObject({
  action: z.enum(['create', 'update', 'delete', 'adopt', 'unchanged', 'extra']),
  network: z.string(),
  details: z.array(z.string()).describe('One line a difference'),
});
export type Change = z.infer<typeof changeSchema>;

export const applyResultSchema = z.strictObject({
  changes: z.array(changeSchema),
  applied: z.boolean().describe('False for a dry run'),
});
export type ApplyResult = z.infer<typeof applyResultSchema>;
