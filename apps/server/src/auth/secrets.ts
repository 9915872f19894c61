import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * For secrets that are random and long, where a slow hash would add nothing: whoever can try 2^128
 * of them does not need the table.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function sameText(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b))];
  return timingSafeEqual(first, second);
}

/** Follows from the cookie's token, which scripts and other sites can not read. */
export function csrfTokenOf(loginToken: string): string {
  return hashSecret(`csrf:${loginToken}`);
}
