import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import { KINDS } from '../../test/databases.ts';
import { makeStage, PASSWORD, type Sender, senderOf, type Stage } from '../../test/stage.ts';

const SIGN_IN = { method: 'POST', path: '/api/v1/sign-in' } as const;
const ME = { method: 'GET', path: '/api/v1/me' } as const;
const post = (path: string, body: unknown = {}) =>
  ({ method: 'POST', path: `/api/v1/${path}`, body }) as const;

/** @returns the code of the refusal, or `in` */
async function tryPassword(stage: Stage, wish: Record<string, string>): Promise<string> {
  const { from = '192.0.2.1', ...body } = wish;
  const answer = await stage.call({}, { ...SIGN_IN, body, from });
  return answer.statusCode === 200 ? 'in' : answer.json<{ code: string }>().code;
}

const codeAt = (secret: string, ms: number): string =>
  generateSync({ secret, epoch: Math.floor(ms / 1000) });

describe.each(KINDS)('%s', (kind) => {
  test('signing in, being known, signing out', async () => {
    const stage = await makeStage(kind);
    const admin = await stage.signIn('Admin', stage.adminPassword);
    expect((await stage.call(admin, ME)).json()).toMatchObject({
      name: 'admin',
      administrator: true,
    });
    expect((await stage.call(admin, post('sign-out'))).statusCode).toBe(200);
    expect((await stage.call(admin, ME)).statusCode).toBe(401);
  }, 300_000);
});

test('the cookie is not for scripts nor for other sites, and the database can not make it', async () => {
  const stage = await makeStage();
  const body = { name: 'admin', password: stage.adminPassword };
  const [cookie] = (await stage.call({}, { ...SIGN_IN, body })).cookies;
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  const rows = JSON.stringify(await stage.database.db.selectFrom('logins').selectAll().execute());
  expect(rows).toContain('token_hash');
  expect(rows).not.toContain(cookie?.value);
  expect(stage.logLines.join('')).toContain('/api/v1/sign-in');
  expect(stage.logLines.join('')).not.toContain(cookie?.value);
  expect(stage.logLines.join('')).not.toContain(stage.adminPassword);
});

test('a sign-in ends by itself, and with the account', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const id = await stage.addUser(admin, 'anna');
  const anna = await stage.signIn('anna', PASSWORD);
  const path = `/api/v1/users/${id}`;
  const change = { method: 'PATCH', path, headers: { 'if-match': '*' } } as const;
  await stage.call(admin, { ...change, body: { disabled: true } });
  expect((await stage.call(anna, ME)).statusCode).toBe(401);
  expect(await tryPassword(stage, { name: 'anna', password: PASSWORD })).toBe('wrong_credentials');
  stage.clock.now += 13 * 3_600_000;
  expect((await stage.call(admin, ME)).statusCode).toBe(401);
});

test('signing out everywhere ends every sign-in of the person and of nobody else', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  await stage.addUser(admin, 'anna');
  const [first, second] = [
    await stage.signIn('anna', PASSWORD),
    await stage.signIn('anna', PASSWORD),
  ];
  await stage.call(first, post('sign-out-everywhere'));
  expect((await stage.call(second, ME)).statusCode).toBe(401);
  expect((await stage.call(admin, ME)).statusCode).toBe(200);
});

test('a new password ends the other sign-ins, and the old one works no more', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const other = await stage.signIn('admin', stage.adminPassword);
  const wrong = { current: 'wrong', new: 'another long password' };
  expect((await stage.call(admin, post('me/password', wrong))).statusCode).toBe(401);
  const right = { ...wrong, current: stage.adminPassword };
  expect((await stage.call(admin, post('me/password', right))).statusCode).toBe(200);
  expect((await stage.call(admin, ME)).statusCode).toBe(200);
  expect((await stage.call(other, ME)).statusCode).toBe(401);
  const old = { name: 'admin', password: stage.adminPassword };
  expect(await tryPassword(stage, old)).toBe('wrong_credentials');
  expect(await tryPassword(stage, { name: 'admin', password: right.new })).toBe('in');
});

test.each<[string, Record<string, string>]>([
  ['without the token', {}],
  ['with a wrong token', { 'sallyport-csrf': 'f'.repeat(64) }],
])('a change by cookie %s is refused and does nothing', async (_, headers) => {
  const stage = await makeStage();
  const { cookie = '' } = await stage.signIn('admin', stage.adminPassword);
  const answer = await stage.call({ cookie }, { ...post('sign-out-everywhere'), headers });
  expect(answer.json()).toMatchObject({ status: 403, code: 'foreign_request' });
  expect((await stage.call({ cookie }, ME)).statusCode).toBe(200);
});

test('another site can neither sign a browser in nor send a change with the right token', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const body = { name: 'admin', password: stage.adminPassword };
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const signIn = await stage.call({}, { ...SIGN_IN, body, headers });
    expect(signIn.json()).toMatchObject({ code: 'foreign_request' });
    const change = await stage.call(admin, { ...post('sign-out'), headers });
    expect(change.json()).toMatchObject({ code: 'foreign_request' });
  }
  const own = { origin: 'http://localhost:8080', host: 'localhost:8080' };
  expect((await stage.call({}, { ...SIGN_IN, body, headers: own })).statusCode).toBe(200);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await stage.call({}, { ...SIGN_IN, body: 'name=admin', headers: form })).statusCode).toBe(
    400,
  );
});

describe('brute force', () => {
  const guess = { name: 'admin', password: 'guess' };

  test('is stopped for the source that tries, and for nobody else', async () => {
    const stage = await makeStage();
    const evil = { ...guess, from: '198.51.100.1' };
    const right = { name: 'admin', password: stage.adminPassword };
    const answers = await Promise.all(Array.from({ length: 12 }, () => tryPassword(stage, evil)));
    expect(answers.filter((code) => code === 'wrong_credentials')).toHaveLength(5);
    expect(answers.filter((code) => code === 'too_many_attempts')).toHaveLength(7);
    // The right password is refused there too: else the guesser would still learn it.
    expect(await tryPassword(stage, { ...right, from: evil.from })).toBe('too_many_attempts');
    expect(await tryPassword(stage, right)).toBe('in');
    stage.clock.now += 5 * 60_000;
    expect(await tryPassword(stage, { ...right, from: evil.from })).toBe('in');
  });

  test('counts a /64 of IPv6 as one source', async () => {
    const stage = await makeStage();
    const codes: string[] = [];
    for (let host = 1; host <= 6; host += 1) {
      codes.push(await tryPassword(stage, { ...guess, from: `2001:db8:0:1::${host}` }));
    }
    expect(codes.at(-1)).toBe('too_many_attempts');
    expect(await tryPassword(stage, { ...guess, from: '2001:db8:0:2::1' })).toBe(
      'wrong_credentials',
    );
  });

  test('does not tell who exists', async () => {
    const stage = await makeStage();
    const known = await stage.call({}, { ...SIGN_IN, body: guess });
    const unknown = await stage.call({}, { ...SIGN_IN, body: { ...guess, name: 'nobody' } });
    expect(unknown.json()).toEqual(known.json());
  });
});

describe('second factor', () => {
  async function turnOn(stage: Stage, sender: Sender) {
    const body = { password: stage.adminPassword };
    const { secret } = (await stage.call(sender, post('me/second-factor', body))).json<{
      secret: string;
    }>();
    const code = codeAt(secret, stage.clock.now);
    const answer = await stage.call(sender, post('me/second-factor/confirm', { code }));
    const { recoveryCodes } = answer.json<{ recoveryCodes: string[] }>();
    return { secret, recoveryCodes };
  }

  test('is asked for once it is on; a code works once, and not from long ago', async () => {
    const stage = await makeStage();
    const { secret } = await turnOn(stage, await stage.signIn('admin', stage.adminPassword));
    const right = { name: 'admin', password: stage.adminPassword };
    expect(await tryPassword(stage, right)).toBe('code_required');
    const used = { ...right, code: codeAt(secret, stage.clock.now) };
    expect(await tryPassword(stage, used)).toBe('wrong_credentials');
    stage.clock.now += 60_000;
    const fresh = { ...right, code: codeAt(secret, stage.clock.now) };
    expect(
      (await Promise.all([tryPassword(stage, fresh), tryPassword(stage, fresh)])).toSorted(),
    ).toEqual(['in', 'wrong_credentials']);
    stage.clock.now += 10 * 60_000;
    expect(await tryPassword(stage, fresh)).toBe('wrong_credentials');
  });

  test('is not guessed: whoever has the password has five tries', async () => {
    const stage = await makeStage();
    const { secret } = await turnOn(stage, await stage.signIn('admin', stage.adminPassword));
    const right = { name: 'admin', password: stage.adminPassword };
    stage.clock.now += 10 * 60_000;
    const codes: string[] = [];
    for (let guess = 0; guess < 6; guess += 1) {
      codes.push(await tryPassword(stage, { ...right, code: `00000${guess}` }));
    }
    expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'wrong_credentials'));
    expect(codes[5]).toBe('too_many_attempts');
    const good = { ...right, code: codeAt(secret, stage.clock.now) };
    expect(await tryPassword(stage, good)).toBe('too_many_attempts');
    expect(await tryPassword(stage, { ...good, from: '192.0.2.9' })).toBe('in');
  });

  test('a recovery code works once; it can be turned off with the password alone', async () => {
    const stage = await makeStage();
    const { recoveryCodes } = await turnOn(stage, await stage.signIn('admin', stage.adminPassword));
    expect(recoveryCodes).toHaveLength(10);
    const right = { name: 'admin', password: stage.adminPassword };
    const withCode = { ...right, code: recoveryCodes[0] ?? '' };
    const admin = senderOf(await stage.call({}, { ...SIGN_IN, body: withCode }));
    expect(await tryPassword(stage, withCode)).toBe('wrong_credentials');
    const off = post('me/second-factor/remove', { password: 'wrong' });
    expect((await stage.call(admin, off)).statusCode).toBe(401);
    const body = { password: stage.adminPassword };
    await stage.call(admin, post('me/second-factor/remove', body));
    expect(await tryPassword(stage, right)).toBe('in');
  });
});

describe('API keys', () => {
  test('work without cookie and token until they expire or are deleted', async () => {
    const stage = await makeStage();
    const admin = await stage.signIn('admin', stage.adminPassword);
    const make = async (days: number): Promise<{ id: string; key: string }> => {
      const body = { name: 'ci', scopes: ['users.read'], days };
      return (await stage.call(admin, post('me/keys', body))).json();
    };
    const [short, long] = [await make(1), await make(30)];
    const users = { method: 'GET', path: '/api/v1/users' } as const;
    expect((await stage.call({ key: short.key }, users)).statusCode).toBe(200);
    const changed = `${short.key.slice(0, -1)}${short.key.endsWith('A') ? 'B' : 'A'}`;
    expect((await stage.call({ key: changed }, users)).statusCode).toBe(401);
    stage.clock.now += 86_400_000;
    expect((await stage.call({ key: short.key }, users)).statusCode).toBe(401);
    expect((await stage.call({ key: long.key }, users)).statusCode).toBe(200);
    const again = await stage.signIn('admin', stage.adminPassword);
    await stage.call(again, { method: 'DELETE', path: `/api/v1/me/keys/${long.id}` });
    expect((await stage.call({ key: long.key }, users)).statusCode).toBe(401);
  });

  test('of others can not be deleted, and the secret is not in the database', async () => {
    const stage = await makeStage();
    const admin = await stage.signIn('admin', stage.adminPassword);
    const body = { name: 'ci', scopes: [] };
    const made = (await stage.call(admin, post('me/keys', body))).json<{
      id: string;
      key: string;
    }>();
    await stage.addUser(admin, 'anna');
    const anna = await stage.signIn('anna', PASSWORD);
    const path = `/api/v1/me/keys/${made.id}`;
    expect((await stage.call(anna, { method: 'DELETE', path })).statusCode).toBe(404);
    const rows = await stage.database.db.selectFrom('api_keys').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(made.key.split('_').slice(2).join('_'));
  });
});
