import type { Setting } from '@sallyport/contract/settings';
import { expect, test } from 'vitest';
import { makeStage } from '../../test/stage.ts';
import type { OidcConfig } from '../auth/oidc/oidc-config.ts';
import { readConfig } from '../config.ts';
import { tellOidc } from './tell-oidc.ts';
import { tellSettings } from './tell-settings.ts';

const named = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.find((one) => one.name === name);

test('each setting names the flag, the variable, or nobody', () => {
  const args = ['--listen', '[::1]:80', '--trusted-proxy', '192.0.2.1'];
  const config = readConfig(args, {
    SALLYPORT_LISTEN: '127.0.0.1:81',
    SALLYPORT_DEFAULT_NETWORK: 'z_custom_a',
  });
  const settings = tellSettings(config);
  expect(named(settings, 'listen')).toMatchObject({
    value: '[::1]:80',
    source: 'flag',
    where: '--listen',
  });
  expect(named(settings, 'default-network')).toMatchObject({
    value: 'z_custom_a',
    source: 'environment',
    where: 'SALLYPORT_DEFAULT_NETWORK',
  });
  expect(named(settings, 'trusted-proxy')).toMatchObject({ value: ['192.0.2.1'], source: 'flag' });
  expect(named(settings, 'https')).toMatchObject({ value: false, source: 'default', where: '' });
});

test('no secret is told: neither that of the database nor that of the provider', () => {
  const config = readConfig([], {
    DATABASE_URL: 'postgres://sally:hush@db.example/sallyport?password=hush&user=sally',
  });
  const settings = tellSettings(config);
  expect(named(settings, 'database')?.value).toBe('postgres://db.example/sallyport');
  const oidc: OidcConfig = {
    issuer: new URL('https://id.example.org'),
    clientId: 'sallyport',
    clientSecret: 'hush',
    publicUrl: new URL('https://desk.example.org'),
    name: 'Company',
    scopes: ['openid'],
    groupsClaim: 'groups',
    groups: { 'desk-users': 'Desktops' },
    createUsers: true,
    given: new Set(['issuer', 'clientId', 'publicUrl', 'groups']),
  };
  const told = tellOidc(oidc, '/etc/sallyport/oidc.yaml');
  expect(JSON.stringify([settings, told])).not.toContain('hush');
  expect(named(told, 'oidc.groups')).toMatchObject({
    value: ['desk-users: Desktops'],
    where: '/etc/sallyport/oidc.yaml',
  });
  expect(named(told, 'oidc.scopes')).toMatchObject({ source: 'default', where: '' });
});

test('what the group of everybody says is told as that', async () => {
  const stage = await makeStage();
  const admin = await stage.signIn('admin', stage.adminPassword);
  const read = async (): Promise<Setting[]> =>
    (await stage.call(admin, { method: 'GET', path: '/api/v1/settings' })).json();
  expect(named(await read(), 'maxSessions')).toMatchObject({ value: 5, source: 'default' });
  const groups = await stage.call(admin, { method: 'GET', path: '/api/v1/groups' });
  const [everybody] = groups.json<{ items: { id: string; name: string; version: number }[] }>()
    .items;
  await stage.call(admin, {
    method: 'PATCH',
    path: `/api/v1/groups/${everybody?.id}`,
    headers: { 'if-match': '*' },
    body: { settings: { maxSessions: 2, sessionTimeLimit: null } },
  });
  const settings = await read();
  const where = everybody?.name;
  expect(named(settings, 'maxSessions')).toMatchObject({ value: 2, source: 'group', where });
  expect(named(settings, 'sessionTimeLimit')).toMatchObject({ value: null, source: 'group' });
  expect(named(settings, 'keepaliveExpiration')).toMatchObject({ source: 'default', where: '' });
});
