import * as z from 'zod';

/** One thing that can be set, as it holds now, and who has set it. Secrets are never in it. */
export const settingSchema = z.strictObject({
  name: z.string().describe('As the documents name it, for example `flows.days`'),
  about: z
    .enum(['host', 'server', 'ways', 'sessions', 'retention', 'people'])
    .describe('What it belongs to'),
  meaning: z.string(),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
    .nullable()
    .describe('null: not set'),
  source: z
    .enum(['flag', 'environment', 'file', 'group', 'default', 'fixed'])
    .describe(
      '`group`: by the settings of a group. `default`: nobody has set it. `fixed`: it can not be set',
    ),
  where: z
    .string()
    .describe('The flag, the variable, the path of the file, or the group; empty where nobody has'),
});
export type Setting = z.infer<typeof settingSchema>;
