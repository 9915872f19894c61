import { join } from 'node:path';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import type { Lab } from '@sallyport/lab/lab';
import type { ServerProcess } from '@sallyport/lab/server-process';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers, openPerson, overflow, type Person, settle, signIn } from './person.ts';
import { BEYOND, openSite, type Site } from './site.ts';

/* From a server with nothing in it, by the five steps, to a browser that the machine beyond has seen. */

const ADDRESS = '192.168.4.153';
const NETWORK = 'z_custom_a';
const TAG = '/set-up';
const START_MS = 120_000;

let site: Site;
let lab: Lab;
let server: ServerProcess;
let admin: Person;
let page: Page;

beforeAll(async () => {
  site = await openSite('setup');
  ({ lab, server } = site);
  admin = await openPerson(site);
  page = admin.page;
}, 600_000);

afterAll(() => site.close());

const step = (name: string) => page.getByRole('listitem').filter({ hasText: name }).first();
const sources = async (): Promise<readonly string[]> => {
  const arrivals = await lab.wan.arrivals({ service: 'http', tag: TAG });
  return [...new Set(arrivals.map(({ source }) => source))];
};

test('an empty server offers the steps; whoever wants them later still finds them', async () => {
  await signIn(page, server.password);
  const card = page.getByRole('region', { name: 'Set up in five steps' });
  await card.getByRole('button', { name: 'Later' }).click();
  await card.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Set up in five steps' }).click();
  await page.getByText('Step 1 of 5').waitFor({ state: 'attached' });
  expect(new URL(page.url()).pathname).toBe('/setup');
});

test('each empty list says what comes first, and leads there', async () => {
  const main = page.getByRole('main');
  for (const path of ['/admin/egress', '/admin/images']) {
    await page.goto(path);
    await settle(page);
    await main.getByRole('link', { name: 'Set up in five steps' }).click();
    await page.getByText('Step 1 of 5').waitFor({ state: 'attached' });
  }
  for (const path of ['/sessions', '/admin/sessions']) {
    await page.goto(path);
    await settle(page);
    await main.getByRole('link', { name: 'Start a session' }).click();
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  }
  await page.getByRole('link', { name: 'Set up in five steps' }).click();
});

test('the settings name the file that each comes from', async () => {
  await page.getByRole('link', { name: 'Settings' }).click();
  const list = page.getByRole('region', { name: 'Settings' });
  const echo = list.getByRole('row').filter({ hasText: 'Echo services' });
  await echo.waitFor();
  expect(await echo.textContent()).toContain(`http://${BEYOND}/`);
  expect(await echo.textContent()).toContain(join(lab.layout.runDir, 'agent.yaml'));
  expect(await list.textContent()).toContain('flows.days');
  expect(await findBarriers(page)).toEqual([]);
  await page.goto('/setup');
});

test('the addresses are told with their state, and one of them is chosen', async () => {
  await page.getByRole('radio', { name: ADDRESS }).waitFor();
  expect(await page.getByRole('radio', { name: '127.0.0.1' }).isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Leave by this address' }).isDisabled()).toBe(true);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('radio', { name: ADDRESS }).check();
  await page.getByRole('button', { name: 'Leave by this address' }).click();
  await page.getByText('Step 2 of 5').waitFor({ state: 'attached' });
  // Who uses the keyboard goes on in the step that has opened.
  expect(await page.locator(':focus').textContent()).toContain('Make a network');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').getAttribute('placeholder')).toBe(NETWORK);
});

test('what will be done is said before it is done; a refusal says its code and the remedy', async () => {
  const networks = () => lab.docker(['network', 'ls', '--format', '{{.Name}}']);
  await page
    .getByLabel(/^Name\b/)
    .first()
    .fill(NETWORK);
  await page.getByRole('textbox', { name: 'Gateway' }).fill('203.0.113.77');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('gateway_unusable');
  expect(await page.getByRole('button', { name: 'Make the network' }).isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Gateway' }).fill('');
  const note = page.getByRole('note');
  await note.getByText(`egress: ${ADDRESS}`).waitFor();
  expect((await networks()).stdout).not.toContain(NETWORK);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make the network' }).click();
  await page.getByText('Step 3 of 5').waitFor({ state: 'attached', timeout: 30_000 });
  expect((await networks()).stdout).toContain(NETWORK);
}, 60_000);

test('a Docker image that is not on the host is told with what to do; one that is, as that', async () => {
  await page.getByText('The Docker image is not on the host').waitFor();
  expect(await page.getByRole('note').textContent()).toContain('npm run image');
  expect(await findBarriers(page)).toEqual([]);
  const image = await ensureDesktopImage(`unix://${lab.layout.dockerSocket}`, () => undefined);
  await page.reload();
  await settle(page);
  await page.getByText('Step 3 of 5').waitFor({ state: 'attached' });
  await page.getByText('The Docker image is on the host.').waitFor();
  expect(await page.getByRole('combobox', { name: 'Docker image' }).inputValue()).toBe(image);
  await page.getByLabel('First page of its browser').fill(`http://${BEYOND}${TAG}`);
  await page.getByRole('button', { name: 'Make the image' }).click();
  await page.getByText('Step 4 of 5').waitFor({ state: 'attached' });
}, 400_000);

test('the session is started, verified, and its browser is seen beyond by the address alone', async () => {
  expect(await sources()).toEqual([]);
  await page.getByRole('button', { name: 'Start the session' }).click();
  await page.getByText('Step 5 of 5').waitFor({ state: 'attached', timeout: START_MS });
  const last = step('See by which address it leaves');
  expect(await last.locator('dd').allTextContents()).toEqual(
    expect.arrayContaining([ADDRESS, NETWORK]),
  );
  expect((await last.locator('dd').allTextContents()).slice(0, 2)).toEqual([ADDRESS, ADDRESS]);
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(sources, { timeout: START_MS }).toEqual([ADDRESS]);
  await last.getByRole('button', { name: 'Open the desktop' }).click();
  await page.getByRole('region', { name: 'Desktop' }).locator('canvas').waitFor();
}, 400_000);

test('whoever comes back is where the host stands; an address that is gone leads back', async () => {
  await page.goto('/setup');
  await page.getByText('Step 5 of 5').waitFor({ state: 'attached' });
  await lab.host.exec('ip', ['address', 'del', `${ADDRESS}/24`, 'dev', 'enp0s3']);
  await page.getByText('Step 2 of 5').waitFor({ state: 'attached' });
  expect(await page.getByRole('alert').textContent()).toContain('Blocked');
  await lab.host.exec('ip', ['address', 'add', `${ADDRESS}/24`, 'dev', 'enp0s3']);
  await page.getByText('Step 5 of 5').waitFor({ state: 'attached', timeout: 30_000 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Start Desktop' }).waitFor();
  expect(await page.getByText('Set up in five steps').count()).toBe(0);
  // What was refused on the way, and told.
  expect(admin.complaints).toEqual(['409 POST /api/v1/apply']);
}, 120_000);

test('what can not be pulled is told with the reason, and one goes on from there', async () => {
  await forget('/api/v1/sessions', '?profile=delete');
  await forget('/api/v1/images');
  await page.goto('/setup');
  await page.getByText('Step 3 of 5').waitFor({ state: 'attached' });
  // Nobody listens there.
  await page.getByRole('combobox', { name: 'Docker image' }).fill('127.0.0.1:9/none:1');
  await page.getByText('The Docker image is not on the host').waitFor();
  await page.getByRole('button', { name: 'Make the image' }).click();
  await page.getByRole('button', { name: 'Start the session' }).click();
  const alert = page.getByRole('alert');
  await alert.waitFor({ timeout: 60_000 });
  expect(await alert.textContent()).toContain('It did not start');
  expect(await alert.textContent()).toContain('127.0.0.1:9');
  expect(await alert.textContent()).toContain('build it on the host');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('link', { name: 'Edit the image' }).waitFor();
  await page.getByRole('button', { name: 'Delete it and start another' }).click();
  await page.getByRole('button', { name: 'Start the session' }).waitFor({ timeout: 30_000 });
}, 120_000);

/** Deletes all of a kind by the API, and waits until they are gone. */
async function forget(path: string, query = ''): Promise<void> {
  const { csrfToken } = (await (await page.request.get('/api/v1/me')).json()) as {
    readonly csrfToken: string;
  };
  const headers = { 'sallyport-csrf': csrfToken, origin: server.url };
  const left = async (): Promise<readonly string[]> => {
    const { items } = (await (await page.request.get(path)).json()) as {
      readonly items: readonly { readonly id: string; readonly state?: string }[];
    };
    return items.filter(({ state }) => state !== 'deleted').map(({ id }) => id);
  };
  for (const id of await left()) await page.request.delete(`${path}/${id}${query}`, { headers });
  await expect.poll(left, { timeout: 30_000 }).toEqual([]);
}
