import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Access,
  decideAccess,
  isAdministrator,
  PERMISSIONS,
  type Principal,
} from './permissions.ts';

const permissions = fc
  .subarray([...PERMISSIONS])
  .map((names): ReadonlySet<(typeof PERMISSIONS)[number]> => new Set(names));
const principals: fc.Arbitrary<Principal> = fc.record({
  userId: fc.constant('u'),
  administrator: fc.boolean(),
  permissions,
  scopes: fc.option(permissions),
});
const accesses = fc.constantFrom<Access>('public', 'signed-in', 'in-person', ...PERMISSIONS);

test('nobody gets in without signing in, but where everybody may', () => {
  fc.assert(
    fc.property(accesses, (access) => {
      expect(decideAccess(access, null)).toBe(access === 'public' ? 'allowed' : 'not_signed_in');
    }),
  );
});

test('a key never allows what its owner may not do in person', () => {
  fc.assert(
    fc.property(accesses, principals, (access, principal) => {
      const owner = { ...principal, scopes: null };
      if (decideAccess(access, principal) === 'allowed') {
        expect(decideAccess(access, owner)).toBe('allowed');
      }
    }),
  );
});

test('no key is an administrator, whatever its scopes', () => {
  fc.assert(
    fc.property(principals, (principal) => {
      expect(isAdministrator(principal)).toBe(principal.administrator && principal.scopes === null);
    }),
  );
});

test('a permission is needed as itself: no other stands for it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PERMISSIONS), (wanted) => {
      const others = new Set(PERMISSIONS.filter((name) => name !== wanted));
      const base = { userId: 'u', administrator: false, scopes: null };
      expect(decideAccess(wanted, { ...base, permissions: others })).toBe('forbidden');
      expect(decideAccess(wanted, { ...base, permissions: new Set([wanted]) })).toBe('allowed');
    }),
  );
});

test('a key cannot do what wants a person, not even the key of an administrator', () => {
  const key = {
    userId: 'u',
    administrator: true,
    permissions: new Set(PERMISSIONS),
    scopes: new Set(PERMISSIONS),
  };
  expect(decideAccess('in-person', key)).toBe('forbidden');
  expect(decideAccess('in-person', { ...key, scopes: null })).toBe('allowed');
});
