/**
 * What a person may be allowed to do beyond their own things. Names are a contract: groups and API
 * keys carry them; they are added, never renamed.
 */
export const PERMISSIONS = [
  'users.read',
  'users.manage',
  'groups.read',
  'groups.manage',
  'images.read',
  'images.manage',
  'networks.read',
  'networks.manage',
  'sessions.read',
  'sessions.manage',
  'audit.read',
  'settings.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * Who may call an endpoint.
 * - `public`: everybody.
 * - `signed-in`: whoever has signed in, by browser or by API key; what they see is their own.
 * - `in-person`: whoever has signed in with a password or a provider. An API key is not enough,
 *   so that a stolen key can not make itself more keys or change the password.
 * - a permission: whoever has it.
 */
export type Access = 'public' | 'signed-in' | 'in-person' | Permission;

/** Who asks, as far as access goes. */
export interface Principal {
  readonly userId: string;
  readonly administrator: boolean;
  /** The union of what the groups of the person grant. */
  readonly permissions: ReadonlySet<Permission>;
  /** What an API key is limited to; null: signed in in person. */
  readonly scopes: ReadonlySet<Permission> | null;
}

export type AccessDecision = 'allowed' | 'not_signed_in' | 'forbidden';

/** The one place that decides access. Closed: what is not allowed here is refused. */
export function decideAccess(access: Access, principal: Principal | null): AccessDecision {
  if (access === 'public') return 'allowed';
  if (principal === null) return 'not_signed_in';
  if (access === 'signed-in') return 'allowed';
  if (access === 'in-person') return principal.scopes === null ? 'allowed' : 'forbidden';
  return hasPermission(principal, access) ? 'allowed' : 'forbidden';
}

/**
 * Whether somebody acts as an administrator: makes others that, changes them, and says yes to wide rights. A
 * key never does, whatever its scopes: with the right to manage people alone it could else make itself an
 * administrator who signs in in person.
 */
export function isAdministrator({ administrator, scopes }: Principal): boolean {
  return administrator && scopes === null;
}

/** An administrator has every permission; a key has at most what its owner has. */
export function hasPermission(principal: Principal, permission: Permission): boolean {
  if (principal.scopes !== null && !principal.scopes.has(permission)) return false;
  return principal.administrator || principal.permissions.has(permission);
}
