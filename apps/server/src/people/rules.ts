import { SallyportError } from '@sallyport/contract/errors';
import {
  hasPermission,
  isAdministrator,
  type Permission,
  type Principal,
} from '@sallyport/core/permissions';

/**
 * Whoever manages people must not reach further by it than they do themselves.
 * @throws SallyportError `forbidden`
 */
export function assertMayGrant(principal: Principal, permissions: readonly Permission[]): void {
  const beyond = permissions.find((name) => !hasPermission(principal, name));
  if (beyond !== undefined) {
    throw new SallyportError('forbidden', `You do not have ${beyond}, so you can not grant it.`);
  }
}

/** @throws SallyportError `forbidden` */
export function assertAdministrator(principal: Principal, what: string): void {
  if (!isAdministrator(principal)) {
    throw new SallyportError('forbidden', `Only an administrator may ${what}.`, {
      remedy: principal.administrator ? 'Sign in in person: an API key is not enough.' : '',
    });
  }
}

/** @throws SallyportError `version_changed` */
export function assertVersion(present: number, wanted: number | null): void {
  if (wanted !== null && wanted !== present) {
    throw new SallyportError('version_changed', `It is at version ${present}, not ${wanted}.`, {
      remedy: 'Read it again and decide whether your change is still right.',
    });
  }
}

/** SQLite and PostgreSQL tell of a value that is taken by different errors. */
export function isTaken(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const SQLITE_CONSTRAINT_UNIQUE = 2067;
  return code === '23505' || errcode === SQLITE_CONSTRAINT_UNIQUE;
}
