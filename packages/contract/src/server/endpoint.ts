import type { Access } from '@sallyport/core/permissions';
import * as z from 'zod';
import type { Endpoint } from '../endpoints.ts';
import { networkNameField } from '../fields.ts';

/** One endpoint of the server's API. Without `access` it does not compile. */
export interface ServerEndpoint extends Omit<Endpoint, 'stream'> {
  readonly access: Access;
  /** `If-Match` must name the version that is changed, or be `*`. */
  readonly versioned?: true;
  /** `Idempotency-Key` may be given: the same request with the same key is carried out once. */
  readonly idempotent?: true;
  /** Where a body may be larger than 1 MiB. */
  readonly bodyLimitMiB?: number;
}

/** Of endpoints for one object. */
export const byId = z.strictObject({ id: z.string().max(64) });
/** Of endpoints that have nothing to tell. */
export const done = z.strictObject({});
/** Of endpoints for one network. */
export const byName = z.strictObject({ name: networkNameField });

/** Of endpoints that answer by pages. */
export const pageQuery = z.strictObject({
  cursor: z.string().max(64).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const textCursor = z.string().nullable();

export function pageOf<S extends z.ZodType, C extends z.ZodType>(item: S, cursor: C) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: cursor.describe('null: this is the last page'),
  });
}
