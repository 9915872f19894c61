import { PERMISSIONS } from '@sallyport/core/permissions';
import { expect, test } from 'vitest';
import { makeStage, PASSWORD } from '../../test/stage.ts';

test('a key of an administrator, whatever its scopes, makes no way in for whoever stole it', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const post = (path: string, body: object) =>
    ({ method: 'POST', path: `/api/v1/${path}`, body }) as const;
  const scopes = [...PERMISSIONS];
  const made = await stage.call(admin, post('me/keys', { name: 'ci', scopes }));
  const { key } = made.json<{ key: string }>();
  const second = await stage.addUser(admin, 'second', { administrator: true });
  const plain = await stage.addUser(admin, 'plain');
  const headers = { 'if-match': '*' };
  const patch = (id: string, body: object) =>
    ({ method: 'PATCH', path: `/api/v1/users/${id}`, body, headers }) as const;
  const evil = { name: 'evil', password: PASSWORD, administrator: true };
  const wide = {
    name: 'Wide',
    dockerImage: 'x',
    runConfig: { privileged: true },
    confirmWidening: true,
  };
  const together = (endpoint: 'createUser' | 'createImage', body: object) =>
    post('changes', { changes: [{ endpoint, body }] });
  const attempts = [
    [post('users', evil), 'forbidden'],
    [patch(second, { password: PASSWORD }), 'forbidden'],
    [patch(plain, { administrator: true }), 'forbidden'],
    [{ method: 'DELETE', path: `/api/v1/users/${second}` }, 'forbidden'],
    [together('createUser', evil), 'forbidden'],
    [post('images', wide), 'widening_unconfirmed'],
    [together('createImage', wide), 'widening_unconfirmed'],
  ] as const;
  for (const [attempt, code] of attempts) {
    const byKey = (await stage.call({ key }, attempt)).json<{ code?: string }>();
    expect({ attempt, code: byKey.code }).toEqual({ attempt, code });
  }
  // The control: in person all of it is done.
  for (const [attempt] of attempts.filter(([, code]) => code === 'forbidden').slice(0, 4)) {
    expect((await stage.call(admin, attempt)).statusCode, JSON.stringify(attempt)).toBeLessThan(
      300,
    );
  }
  expect((await stage.call(admin, post('images', wide))).statusCode).toBe(201);
  // And the key does what it is for.
  const user = { name: 'new', password: PASSWORD };
  expect((await stage.call({ key }, post('users', user))).statusCode).toBe(201);
});
