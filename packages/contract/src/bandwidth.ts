import { HIGHEST_RATE, LOWEST_RATE, parseBitRate } from '@sallyport/core/bandwidth';
import * as z from 'zod';

const RATE = 'must be a rate from 256kbit to 100gbit, such as 20mbit';

/** Bits per second; what people write by hand, `20mbit`, is read too. */
const rateField = z
  .preprocess(
    (value) => (typeof value === 'string' ? (parseBitRate(value) ?? value) : value),
    z.int(RATE).min(LOWEST_RATE, RATE).max(HIGHEST_RATE, RATE).nullable(),
  )
  .meta({ description: 'Bits per second; null: not limited', examples: [20_000_000] });

const fields = z.strictObject({ upload: rateField, download: rateField });

/** Limits of a new network. */
export const bandwidthInput = z
  .strictObject({ upload: rateField.default(null), download: rateField.default(null) })
  .describe('Limits for all containers of the network together, as these see them');

/** A change of limits; what is left out stays as it is. */
export const bandwidthUpdate = fields.partial();

/** As the API shows them. */
export const bandwidthView = z.strictObject({
  upload: z.int().nullable(),
  download: z.int().nullable(),
});
