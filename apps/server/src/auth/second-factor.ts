import { generateSecret, generateURI, verifySync } from 'otplib';
import type { Db } from '../db/open-database.ts';
import type { UserRow } from '../db/tables.ts';
import type { World } from '../ids.ts';
import { hashSecret } from './secrets.ts';

/** RFC 6238: steps of 30 seconds; one step to either side for clocks that are off. */
const STEP_S = 30;
const RECOVERY_CODES = 10;

export function newSecret(userName: string): { readonly secret: string; readonly uri: string } {
  const secret = generateSecret();
  return { secret, uri: generateURI({ issuer: 'Sallyport', label: userName, secret }) };
}

/**
 * Takes a code of the authenticator. The step of the code is written down in the same statement
 * that checks it: of two requests with one code only one is right (RFC 6238, 5.2).
 */
export async function takeCode(db: Db, now: number, given: TakenCode): Promise<boolean> {
  const { user, code } = given;
  if (user.totp_secret === null || !/^\d{6}$/.test(code)) return false;
  const epoch = Math.floor(now / 1000);
  const result = verifySync({
    secret: user.totp_secret,
    token: code,
    epoch,
    epochTolerance: STEP_S,
  });
  if (!result.valid) return false;
  const step = Math.floor(epoch / STEP_S) + result.delta;
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ totp_last_step: step })
    .where('id', '=', user.id)
    .where('totp_last_step', '<', step)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface TakenCode {
  readonly user: UserRow;
  readonly code: string;
}

/** @returns ten new codes; what was there before works no more */
export async function replaceRecoveryCodes(
  db: Db,
  world: World,
  userId: string,
): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const hex = world.randomBytes(10).toString('hex');
    return (hex.match(/.{5}/g) ?? []).join('-');
  });
  await db.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await db
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ user_id: userId, code_hash: hashSecret(code) })))
    .execute();
  return codes;
}

/** Each works once. */
export async function takeRecoveryCode(db: Db, { user, code }: TakenCode): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('recovery_codes')
    .where('user_id', '=', user.id)
    .where('code_hash', '=', hashSecret(code.trim().toLowerCase()))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
