import * as z from 'zod';

/** How many, in a query: a whole number from 1 to `most`. */
export function countField(most: number, usual: number, description: string) {
  const wrong = `must be a whole number from 1 to ${most}`;
  return z.coerce
    .number(wrong)
    .int(wrong)
    .min(1, wrong)
    .max(most, wrong)
    .default(usual)
    .describe(description);
}
