import { OPENID_CLIENT } from '@sallyport/lab/openid-provider';
import { expect, test } from 'vitest';
import { type OpenId, startOpenId } from '../../../test/openid.ts';
import { makeStage, type Stage } from '../../../test/stage.ts';
import { KINDS } from '../../../test/databases.ts';
import { CALLBACK_PATH, OidcClient } from './oidc-client.ts';
import type { OidcConfig } from './oidc-config.ts';

/* Signing in by a real OpenID provider, and all that must not do. */

const PUBLIC = new URL('https://desk.example.org');

interface Given {
  readonly stage: Stage;
  readonly openid: OpenId;
}

async function begin(
  more: Partial<OidcConfig> = {},
  kind: Parameters<typeof makeStage>[0] = 'sqlite',
): Promise<Given> {
  const openid = await startOpenId(new URL(CALLBACK_PATH, PUBLIC).href);
  openid.people.set('u-1', { preferred_username: 'Anna', name: 'Anna A.', groups: ['desk', 'x'] });
  const config: OidcConfig = {
    issuer: openid.issuer,
    clientId: OPENID_CLIENT.id,
    clientSecret: OPENID_CLIENT.secret,
    publicUrl: PUBLIC,
    name: 'Company',
    scopes: ['openid', 'profile'],
    groupsClaim: 'groups',
    groups: { desk: 'Desktops', lab: 'Laboratory' },
    createUsers: true,
    given: new Set(),
    ...more,
  };
  return { stage: await makeStage(kind, new OidcClient(config)), openid };
}

/** The browser's part before the provider: where it is led, and the cookie that it keeps. */
async function leave({ stage }: Given) {
  const answer = await stage.app.inject('/sign-in/oidc');
  expect(answer.statusCode).toBe(303);
  const [kept] = answer.cookies;
  return { url: String(answer.headers.location), cookie: `${kept?.name}=${kept?.value}`, kept };
}

const comeBack = ({ stage }: Given, url: URL, cookie?: string) =>
  stage.app.inject({
    url: `${url.pathname}${url.search}`,
    headers: cookie === undefined ? {} : { cookie },
  });

/** The whole way. @returns where the browser ends, and the cookie of the sign-in */
async function signIn(given: Given, account = 'u-1') {
  const { url, cookie } = await leave(given);
  const answer = await comeBack(given, await given.openid.passThrough(url, account), cookie);
  const login = answer.cookies.find(({ name }) => name === 'sallyport');
  return { to: String(answer.headers.location), login };
}

const whoami = async ({ stage }: Given, login: { readonly value: string } | undefined) => {
  const headers = { cookie: `sallyport=${login?.value}` };
  const answer = await stage.app.inject({ url: '/api/v1/me', headers });
  return answer.json<{ readonly id: string }>();
};

async function addGroup({ stage }: Given, name: string): Promise<void> {
  const admin = await stage.signIn('admin', stage.adminPassword);
  await stage.call(admin, { method: 'POST', path: '/api/v1/groups', body: { name } });
}

test.each(KINDS)(
  'somebody whom the provider knows is signed in, with an account of their own: %s',
  async (kind) => {
    const given = await begin({}, kind);
    await addGroup(given, 'Desktops');
    const first = await signIn(given);
    expect(first.to).toBe('/');
    expect(first.login).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    const account = await whoami(given, first.login);
    expect(account).toMatchObject({ name: 'anna', displayName: 'Anna A.', administrator: false });
    const again = await whoami(given, (await signIn(given)).login);
    expect(again.id).toBe(account.id);
  },
);

test('the groups that are mapped are as the provider says at each sign-in; others stay', async () => {
  const given = await begin();
  for (const name of ['Desktops', 'Laboratory', 'By hand']) await addGroup(given, name);
  const { db } = given.stage.database;
  const groupsNow = async () =>
    (
      await db
        .selectFrom('group_members')
        .innerJoin('groups', 'groups.id', 'group_members.group_id')
        .select('groups.name')
        .orderBy('groups.name')
        .execute()
    ).map(({ name }) => name);
  const { login } = await signIn(given);
  expect(await groupsNow()).toEqual(['Desktops']);
  const { id } = await whoami(given, login);
  const hand = await db
    .selectFrom('groups')
    .select('id')
    .where('name', '=', 'By hand')
    .executeTakeFirstOrThrow();
  await db.insertInto('group_members').values({ group_id: hand.id, user_id: id }).execute();
  given.openid.people.set('u-1', { preferred_username: 'renamed', groups: ['lab'] });
  await signIn(given);
  expect(await groupsNow()).toEqual(['By hand', 'Laboratory']);
});

test('an account is never joined by its name, and none is made where none shall be', async () => {
  const given = await begin();
  const admin = await given.stage.signIn('admin', given.stage.adminPassword);
  await given.stage.addUser(admin, 'anna');
  expect(await signIn(given)).toEqual({ to: '/sign-in?problem=oidc_name_taken', login: undefined });
  const closed = await begin({ createUsers: false });
  expect((await signIn(closed)).to).toBe('/sign-in?problem=oidc_no_account');
});

test('whoever is disabled here is not let in by the provider', async () => {
  const given = await begin();
  await signIn(given);
  await given.stage.database.db
    .updateTable('users')
    .set({ disabled: 1 })
    .where('name', '=', 'anna')
    .execute();
  expect(await signIn(given)).toEqual({ to: '/sign-in?problem=oidc_no_account', login: undefined });
});

test('another browser, another state, a code that was used: nobody is signed in', async () => {
  const given = await begin();
  const { url, cookie } = await leave(given);
  const back = await given.openid.passThrough(url, 'u-1');
  const failed = { location: '/sign-in?problem=oidc_failed' };
  expect((await comeBack(given, back)).headers).toMatchObject(failed);
  const other = await leave(given);
  expect((await comeBack(given, back, other.cookie)).headers).toMatchObject(failed);
  const forged = new URL(back);
  forged.searchParams.set('state', 'forged');
  expect((await comeBack(given, forged, cookie)).headers).toMatchObject(failed);
  // The control: the same way back, by the browser that began.
  expect((await comeBack(given, back, cookie)).headers).toMatchObject({ location: '/' });
  expect((await comeBack(given, back, cookie)).headers).toMatchObject(failed);
});

test('a nonce or an issuer that is not the one that was asked is refused', async () => {
  const given = await begin();
  const { url, cookie } = await leave(given);
  const asked = new URL(url);
  asked.searchParams.set('nonce', 'of somebody else');
  const back = await given.openid.passThrough(asked.href, 'u-1');
  expect((await comeBack(given, back, cookie)).headers.location).toBe(
    '/sign-in?problem=oidc_failed',
  );
  const again = await leave(given);
  const elsewhere = await given.openid.passThrough(again.url, 'u-1');
  elsewhere.searchParams.set('iss', 'https://evil.example');
  expect((await comeBack(given, elsewhere, again.cookie)).headers.location).toBe(
    '/sign-in?problem=oidc_failed',
  );
});

test('a provider that is away is told, and a password still works', async () => {
  const given = await begin();
  await given.openid.stop();
  const answer = await given.stage.app.inject('/sign-in/oidc');
  expect(answer.headers.location).toBe('/sign-in?problem=oidc_unreachable');
  expect((await given.stage.signIn('admin', given.stage.adminPassword)).cookie).toBeDefined();
});

test('guessing ways back is limited, and no secret is in the log', async () => {
  const given = await begin();
  const tries = Array.from({ length: 7 }, () =>
    comeBack(given, new URL('https://x/sign-in/oidc/callback?code=guess&state=guess')),
  );
  const told = (await Promise.all(tries)).map(({ headers }) => headers.location);
  expect(told).toContain('/sign-in?problem=too_many_attempts');
  await signIn(given);
  expect(given.stage.logLines.join()).not.toContain(OPENID_CLIENT.secret);
});

test('what came of signing in is counted, once for each attempt', async () => {
  const given = await begin();
  const { providerSignIns: counted } = given.stage;
  const { url, cookie } = await leave(given);
  // Whoever has only left has not tried yet.
  expect(counted).toEqual([]);
  const back = await given.openid.passThrough(url, 'u-1');
  await comeBack(given, back);
  expect(counted).toEqual([401]);
  await comeBack(given, back, cookie);
  expect(counted).toEqual([401, 200]);
  await given.stage.database.db.updateTable('users').set({ disabled: 1 }).execute();
  await signIn(given);
  expect(counted).toEqual([401, 200, 403]);
  const guess = new URL('https://x/sign-in/oidc/callback?code=guess&state=guess');
  for (let tried = 0; tried < 7; tried += 1) await comeBack(given, guess);
  expect(counted.slice(3)).toContain(429);
  expect(counted).toHaveLength(10);
  // One that could not leave has tried.
  const away = await begin();
  await away.openid.stop();
  await away.stage.app.inject('/sign-in/oidc');
  expect(away.stage.providerSignIns).toEqual([503]);
});

test('without a provider there is neither a way nor a button', async () => {
  const stage = await makeStage();
  expect((await stage.app.inject('/sign-in/oidc')).statusCode).toBe(404);
  expect((await stage.app.inject('/api/v1/sign-in/options')).json()).toEqual({
    password: true,
    oidc: null,
  });
  const given = await begin();
  expect((await given.stage.app.inject('/api/v1/sign-in/options')).json()).toEqual({
    password: true,
    oidc: { name: 'Company', path: '/sign-in/oidc' },
  });
});
