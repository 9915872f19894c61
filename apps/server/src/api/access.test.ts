import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { buildServerOpenApi } from '@sallyport/contract/server/openapi';
import { PERMISSIONS, type Permission } from '@sallyport/core/permissions';
import { expect, test } from 'vitest';
import { makeStage, PASSWORD, type Sender, type Stage } from '../../test/stage.ts';

/**
 * Who gets in, written down a second time and by hand: an endpoint whose rule is changed or that is
 * new fails here until somebody has thought about it.
 */
const EXPECTED: Readonly<Record<string, 'all' | 'signed-in' | 'in-person' | Permission>> = {
  'GET /healthz': 'all',
  'GET /readyz': 'all',
  'POST /api/v1/sign-in': 'all',
  'GET /api/v1/sign-in/options': 'all',
  'GET /api/v1/me': 'signed-in',
  'POST /api/v1/sign-out': 'in-person',
  'POST /api/v1/sign-out-everywhere': 'in-person',
  'POST /api/v1/me/password': 'in-person',
  'POST /api/v1/me/second-factor': 'in-person',
  'POST /api/v1/me/second-factor/confirm': 'in-person',
  'POST /api/v1/me/second-factor/remove': 'in-person',
  'GET /api/v1/me/keys': 'signed-in',
  'POST /api/v1/me/keys': 'in-person',
  'DELETE /api/v1/me/keys/{id}': 'in-person',
  'GET /api/v1/users': 'users.read',
  'POST /api/v1/users': 'users.manage',
  'GET /api/v1/users/{id}': 'users.read',
  'PATCH /api/v1/users/{id}': 'users.manage',
  'DELETE /api/v1/users/{id}': 'users.manage',
  'GET /api/v1/groups': 'groups.read',
  'POST /api/v1/groups': 'groups.manage',
  'GET /api/v1/groups/{id}': 'groups.read',
  'PATCH /api/v1/groups/{id}': 'groups.manage',
  'DELETE /api/v1/groups/{id}': 'groups.manage',
  'GET /api/v1/images': 'images.read',
  'POST /api/v1/images': 'images.manage',
  'GET /api/v1/images/{id}': 'images.read',
  'PATCH /api/v1/images/{id}': 'images.manage',
  'DELETE /api/v1/images/{id}': 'images.manage',
  // Each of its changes is decided as alone: together.test.ts.
  'POST /api/v1/changes': 'signed-in',
  'GET /api/v1/events': 'signed-in',
  'GET /api/v1/launchable': 'signed-in',
  'GET /api/v1/sessions': 'signed-in',
  'POST /api/v1/sessions': 'signed-in',
  'GET /api/v1/sessions/{id}': 'signed-in',
  'DELETE /api/v1/sessions/{id}': 'signed-in',
  'POST /api/v1/sessions/{id}/pause': 'signed-in',
  'POST /api/v1/sessions/{id}/resume': 'signed-in',
  'POST /api/v1/sessions/{id}/stop': 'signed-in',
  'POST /api/v1/sessions/{id}/start': 'signed-in',
  'POST /api/v1/sessions/{id}/keepalive': 'signed-in',
  'POST /api/v1/sessions/{id}/verify': 'signed-in',
  'GET /api/v1/sessions/{id}/logs': 'signed-in',
  'POST /api/v1/sessions/{id}/ticket': 'in-person',
  'GET /api/v1/sessions/{id}/thumbnail': 'signed-in',
  'GET /api/v1/sessions/{id}/shares': 'signed-in',
  'POST /api/v1/sessions/{id}/shares': 'in-person',
  'DELETE /api/v1/sessions/{id}/shares/{shareId}': 'signed-in',
  'POST /api/v1/shares/open': 'all',
  'GET /api/v1/networks': 'networks.read',
  'POST /api/v1/networks': 'networks.manage',
  'GET /api/v1/networks/{name}': 'networks.read',
  'PATCH /api/v1/networks/{name}': 'networks.manage',
  'DELETE /api/v1/networks/{name}': 'networks.manage',
  'POST /api/v1/networks/{name}/adopt': 'networks.manage',
  'POST /api/v1/networks/{name}/verify': 'networks.read',
  'POST /api/v1/apply': 'networks.manage',
  'GET /api/v1/export': 'networks.read',
  'GET /api/v1/adoptable': 'networks.read',
  'GET /api/v1/host': 'networks.read',
  'GET /api/v1/host/images': 'images.read',
  'GET /api/v1/host/doctor': 'networks.read',
  'GET /api/v1/counters': 'networks.read',
  'GET /api/v1/flows': 'networks.read',
  'GET /api/v1/network-events': 'networks.read',
  'GET /api/v1/leases': 'networks.read',
  'GET /api/v1/violations': 'networks.read',
  'GET /api/v1/settings': 'settings.read',
  'GET /api/v1/host/settings': 'settings.read',
  'GET /api/v1/audit': 'audit.read',
  'GET /api/v1/audit/verify': 'audit.read',
};

interface Role {
  readonly make: (stage: Stage, admin: Sender) => Promise<Sender>;
  readonly inPerson: boolean;
  readonly has: readonly Permission[];
}

async function userWith(stage: Stage, admin: Sender, has: readonly Permission[]): Promise<Sender> {
  const body = { name: 'role', permissions: has };
  const path = '/api/v1/groups';
  const group = await stage.call(admin, { method: 'POST', path, body });
  await stage.addUser(admin, 'role', { groups: [group.json<{ id: string }>().id] });
  return stage.signIn('role', PASSWORD);
}

async function keyOf(stage: Stage, owner: Sender, scopes: readonly Permission[]): Promise<Sender> {
  const body = { name: 'k', scopes };
  const answer = await stage.call(owner, { method: 'POST', path: '/api/v1/me/keys', body });
  return { key: answer.json<{ key: string }>().key };
}

const ROLES: Readonly<Record<string, Role | null>> = {
  nobody: null,
  administrator: { make: async (_stage, admin) => admin, inPerson: true, has: PERMISSIONS },
  user: { make: (stage, admin) => userWith(stage, admin, []), inPerson: true, has: [] },
  ...Object.fromEntries(
    PERMISSIONS.map((name): [string, Role] => [
      name,
      { make: (stage, admin) => userWith(stage, admin, [name]), inPerson: true, has: [name] },
    ]),
  ),
  'key of an administrator without scopes': {
    make: (stage, admin) => keyOf(stage, admin, []),
    inPerson: false,
    has: [],
  },
  'key of an administrator with all scopes': {
    make: (stage, admin) => keyOf(stage, admin, PERMISSIONS),
    inPerson: false,
    has: PERMISSIONS,
  },
  'key of a user with all scopes': {
    make: async (stage, admin) => keyOf(stage, await userWith(stage, admin, []), PERMISSIONS),
    inPerson: false,
    has: [],
  },
};

const paths = buildServerOpenApi('1.0.0')['paths'] as Record<string, Record<string, unknown>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test('every endpoint of the OpenAPI document is expected, and no other', () => {
  expect(operations.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  const served = (Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[]).map(
    (name) => `${SERVER_ENDPOINTS[name].method} ${SERVER_ENDPOINTS[name].path}`,
  );
  expect(served.toSorted()).toEqual(operations.toSorted());
});

function expectation(operation: string, role: Role | null): 'in' | 401 | 403 {
  const rule = EXPECTED[operation];
  if (rule === 'all') return 'in';
  if (role === null) return 401;
  if (rule === 'signed-in') return 'in';
  if (rule === 'in-person') return role.inPerson ? 'in' : 403;
  return rule !== undefined && role.has.includes(rule) ? 'in' : 403;
}

test.each(Object.keys(ROLES))('%s gets in where expected, and nowhere else', async (name) => {
  const role = ROLES[name] ?? null;
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const sender = role === null ? {} : await role.make(stage, admin);
  // Signing out comes last: after it the sender is nobody.
  const order = operations.toSorted(
    (a, b) => Number(a.includes('out')) - Number(b.includes('out')),
  );
  for (const operation of order.filter((text) => !text.endsWith('sign-out-everywhere'))) {
    const [method = '', path = ''] = operation.split(' ');
    const answer = await stage.call(sender, {
      method: method as 'GET',
      // A stream of events would not end: its query is wrong on purpose.
      path: path.endsWith('/v1/events') ? `${path}?wrong=1` : path.replace(/\{\w+\}/g, 'none'),
      // Bodies and versions are wrong on purpose: getting in is told from what the handler says.
      ...(method !== 'GET' && { body: {} }),
    });
    const code = answer.json<{ code?: string }>().code;
    const refused = code === 'not_signed_in' || code === 'forbidden' ? answer.statusCode : 'in';
    expect({ operation, refused }).toEqual({ operation, refused: expectation(operation, role) });
  }
});
