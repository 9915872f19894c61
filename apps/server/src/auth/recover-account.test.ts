import { expect, test } from 'vitest';
import { makeStage, PASSWORD } from '../../test/stage.ts';
import { REAL_WORLD } from '../ids.ts';
import { recoverAccount } from './recover-account.ts';

test('who has lost everything gets in again, and nobody by the former way', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const id = await stage.addUser(admin, 'anna');
  const before = await stage.signIn('anna', PASSWORD);
  await stage.database.db
    .updateTable('users')
    .set({ totp_secret: 'JBSWY3DPEHPK3PXP', totp_active: 1, disabled: 1 })
    .where('id', '=', id)
    .execute();
  await expect(stage.signIn('anna', PASSWORD)).rejects.toThrow('wrong_credentials');

  const password = await recoverAccount(stage.database.db, REAL_WORLD, ' Anna ');
  await expect(stage.signIn('anna', PASSWORD)).rejects.toThrow('wrong_credentials');
  const anna = await stage.signIn('anna', password);
  const me = { method: 'GET', path: '/api/v1/me' } as const;
  expect((await stage.call(anna, me)).json()).toMatchObject({ name: 'anna', secondFactor: false });
  expect((await stage.call(before, me)).statusCode).toBe(401);
  const log = await stage.call(admin, { method: 'GET', path: `/api/v1/audit?object=${id}` });
  const { items } = log.json<{ items: { action: string }[] }>();
  expect(items.map(({ action }) => action)).toContain('user.recovered');
  expect(log.body).not.toContain(password);
});

test('nobody is made by it', async () => {
  const stage = await makeStage();
  const unknown = recoverAccount(stage.database.db, REAL_WORLD, 'nobody');
  await expect(unknown).rejects.toMatchObject({ code: 'user_not_found' });
});
