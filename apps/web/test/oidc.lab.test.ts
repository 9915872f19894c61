import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  OPENID_CLIENT,
  type OpenIdProvider,
  startOpenIdProvider,
} from '@sallyport/lab/openid-provider';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBarriers, openPerson, type Person } from './person.ts';
import { openStage, type Stage } from './stage.ts';

/* People who sign in by a real OpenID provider, with a real browser and the provider's own pages. */

let provider: OpenIdProvider;
let stage: Stage;
let folder: string;

beforeAll(async () => {
  const port = await findFreePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startOpenIdProvider(`${publicUrl}/sign-in/oidc/callback`);
  provider.people.set('u-1', { preferred_username: 'anna', name: 'Anna A.', groups: ['desk'] });
  folder = await mkdtemp(join(tmpdir(), 'sallyport-oidc-'));
  const clientSecretFile = join(folder, 'secret');
  await writeFile(clientSecretFile, OPENID_CLIENT.secret, { mode: 0o600 });
  const config = {
    issuer: provider.issuer.href,
    clientId: OPENID_CLIENT.id,
    clientSecretFile,
    publicUrl,
    name: 'Company',
    scopes: ['openid', 'profile'],
    createUsers: true,
  };
  const file = join(folder, 'oidc.yaml');
  await writeFile(file, JSON.stringify(config));
  stage = await openStage(['--listen', `127.0.0.1:${port}`, '--oidc', file]);
});

afterAll(async () => {
  await stage.close();
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Somebody at the page where one signs in. The provider's own page has a font of somebody else: it is not asked for. */
async function arrive(): Promise<Person> {
  const person = await openPerson(stage);
  onTestFinished(() => person.context.close());
  await person.context.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    (route) => route.fulfill({ body: '' }),
  );
  await person.page.goto('/');
  await person.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  return person;
}

/** Up to the provider's own form, and through it. */
async function passThrough(page: Page, login: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with Company' }).click();
  await page.waitForURL((url) => url.origin === provider.issuer.origin);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => url.origin !== provider.issuer.origin || isConsent(page));
  if (isConsent(page)) await page.locator('button[type=submit]').click();
}

const isConsent = (page: Page): boolean => page.url().includes('/interaction/');

test('the button leads to the provider, and back to the first page as that person', async () => {
  const { page, complaints } = await arrive();
  expect(await findBarriers(page)).toEqual([]);
  await passThrough(page, 'u-1');
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  await page.getByText('Anna A.').waitFor();
  expect(new URL(page.url()).origin).toBe(stage.url);
  expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(complaints.filter((one) => !one.startsWith('503 GET '))).toEqual([]);
});

test('whoever turns back at the provider is told so, and is nobody', async () => {
  const { page } = await arrive();
  await page.getByRole('link', { name: 'Sign in with Company' }).click();
  await page.waitForURL((url) => url.origin === provider.issuer.origin);
  await page.getByText('[ Cancel ]').click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('oidc_');
  await page.goto('/sessions');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
