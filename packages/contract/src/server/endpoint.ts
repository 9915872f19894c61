import type { Access } from '@sallyport/core/permissions';
import * as z from 'zod';
import type { Endpoint } from '../endpoints.ts';

/** One endpoint of the server's API. Without `access` it does not compile. */
export interface ServerEndpoint extends Omit<Endpoint, 'stream'> {
  readonly access: Access;
  /** `If-Match` must name the version that is changed, or be `*`. */
  readonly versioned?: true;
  /** `Idempotency-Key` may be given: the same request with the same key is carried out once. */
  readonly idempotent?: true;
}

/** Of endpoints for one object. */
export const byId = z.strictObject({ id: z.string().max(64) });
/** Of endpoints that have nothing to tell. */
export const done = z.strictObject({});
