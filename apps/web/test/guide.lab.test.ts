import { PAGES } from '@sallyport/contract/server/pages';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import type { Lab } from '@sallyport/lab/lab';
import type { ServerProcess } from '@sallyport/lab/server-process';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  colours,
  findBarriers,
  openPerson,
  overflow,
  type Person,
  settle,
  signIn,
} from './person.ts';
import { BEYOND, openSite, type Site } from './site.ts';

/* The guide with a mouse, from signing in to the picture of a desktop whose browser leaves by the right address. */

const ADDRESS = '192.168.4.153';
const NETWORK = 'z_custom_a';
const OTHER = { name: 'z_custom_b', address: '192.168.56.103', gateway: '192.168.56.1' } as const;
const START_MS = 120_000;

let site: Site;
let lab: Lab;
let server: ServerProcess;
let admin: Person;
let page: Page;
let session = '';

beforeAll(async () => {
  site = await openSite('guide');
  ({ lab, server } = site);
  admin = await openPerson(site);
  page = admin.page;
}, 600_000);

afterAll(() => site.close());

test('a network is created by the address that the form offers, and verified', async () => {
  await signIn(page, server.password);
  await page.getByRole('link', { name: 'Egress' }).click();
  await page.getByRole('button', { name: 'Create network' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill(NETWORK);
  await dialog.getByRole('combobox', { name: 'Egress address' }).fill(ADDRESS);
  await page.getByRole('option', { name: ADDRESS }).click();
  expect(await dialog.getByRole('note').textContent()).toContain(`leave by ${ADDRESS} alone`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached', timeout: 30_000 });
  const picture = page.getByRole('region', { name: 'Who leaves where' });
  await picture.getByText('enp0s3').waitFor();
  expect(await picture.locator('path.blocked').count()).toBe(0);
  await page.getByRole('button', { name: `Verify ${NETWORK}` }).click();
  await dialog.getByRole('cell', { name: ADDRESS, exact: true }).waitFor({ timeout: 30_000 });
  await page.keyboard.press('Escape');
}, 120_000);

test('an image is made, edited, and restricted to the network', async () => {
  const image = await ensureDesktopImage(`unix://${lab.layout.dockerSocket}`, () => undefined);
  await page.getByRole('link', { name: 'Images', exact: true }).click();
  await page.getByRole('button', { name: 'Add image' }).click();
  await page.getByLabel('Friendly name').fill('Browser');
  await page.getByLabel('Docker image').fill(image);
  await page
    .getByLabel('Environment (JSON)')
    .fill(JSON.stringify({ START_URL: `http://${BEYOND}/guide-by-mouse` }));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Edit Browser' }).click();
  await page.getByLabel('Restrict Image to Docker Network').check();
  await page.getByRole('combobox', { name: 'Docker networks' }).click();
  await page.getByRole('option', { name: NETWORK }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row', { name: 'Browser' });
  await expect.poll(() => row.textContent(), { timeout: 10_000 }).toContain(NETWORK);
}, 300_000);

test('its session shows a desktop, whose browser is seen beyond from the right address', async () => {
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: 'Start Browser' }).click();
  await page
    .getByRole('region', { name: 'Desktop' })
    .locator('canvas')
    .waitFor({ timeout: START_MS });
  session = page.url();
  await page.getByRole('status').waitFor({ state: 'detached', timeout: 30_000 });
  await expect.poll(() => colours(page), { timeout: START_MS }).toBeGreaterThan(50);
  await page.getByText(`Verified ${ADDRESS}`).waitFor({ state: 'attached' });
  const tag = '/guide-by-mouse';
  const sources = async (): Promise<readonly string[]> => {
    const arrivals = await lab.wan.arrivals({ service: 'http', tag });
    return [...new Set(arrivals.map(({ source }) => source))];
  };
  await expect.poll(sources, { timeout: START_MS }).toEqual([ADDRESS]);
  expect(await findBarriers(page)).toEqual([]);
}, 400_000);

test('my sessions shows the desktop in another browser, too', async () => {
  const { page: other, context } = await openPerson(site);
  await signIn(other, server.password);
  await other.getByRole('link', { name: 'My sessions' }).click();
  const card = other.getByRole('article', { name: 'Browser' });
  const picture = card.getByAltText('The desktop of Browser');
  const width = () => picture.evaluate((shown) => (shown as HTMLImageElement).naturalWidth);
  await expect.poll(width, { timeout: 30_000 }).toBeGreaterThan(100);
  expect(await card.textContent()).toContain(`Verified ${ADDRESS}`);
  expect(await findBarriers(other)).toEqual([]);
  await context.close();
}, 60_000);

test('who used the address is found in the flow log, and who did not is not', async () => {
  const other = await admin.context.newPage();
  await other.goto('/admin/egress');
  const search = other.getByRole('region', { name: 'Who used this address' });
  await search.getByLabel('Address').fill('192.168.4.154');
  await search.getByRole('button', { name: 'Search' }).click();
  await search.getByText('The flow log has nothing of this.').waitFor();
  await search.getByLabel('Address').fill(ADDRESS);
  await search.getByRole('button', { name: 'Search' }).click();
  const found = search.getByRole('row').filter({ hasText: `${BEYOND}:80` });
  await found.first().waitFor();
  const name = /\/sessions\/(.+)$/.exec(session)?.[1] ?? 'none';
  expect(await found.first().textContent()).toContain(NETWORK);
  expect(await found.allTextContents().then((rows) => rows.join())).toContain(name.slice(-12));
  expect(await findBarriers(other)).toEqual([]);
  await other.close();
}, 60_000);

test('the desktop comes back by itself after the server was away', async () => {
  await server.kill();
  await page.getByText('The connection broke').waitFor();
  await server.start();
  await page.getByText('The connection broke').waitFor({ state: 'detached', timeout: 60_000 });
  await expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(50);
}, 120_000);

test('an address that goes away is told in the bar, with the reason', async () => {
  const bar = page.getByRole('toolbar');
  await lab.host.exec('ip', ['address', 'del', `${ADDRESS}/24`, 'dev', 'enp0s3']);
  const gone = performance.now();
  await bar.getByText('Blocked').waitFor({ timeout: 10_000 });
  const toldMs = performance.now() - gone;
  console.log(`the bar says Blocked ${Math.round(toldMs)} ms after the address went`);
  expect(toldMs).toBeLessThan(2_000);
  expect(await bar.textContent()).toContain(ADDRESS);
  const other = await admin.context.newPage();
  await other.goto('/admin/egress');
  await settle(other);
  expect(await other.locator('path.blocked').count()).toBeGreaterThan(0);
  expect(await findBarriers(other)).toEqual([]);
  await other.setViewportSize({ width: 390, height: 800 });
  expect(await overflow(other)).toBeLessThanOrEqual(0);
  await lab.host.exec('ip', ['address', 'add', `${ADDRESS}/24`, 'dev', 'enp0s3']);
  await bar.getByText('Blocked').waitFor({ state: 'detached', timeout: 30_000 });
  expect(page.url()).toBe(session);
}, 120_000);

test('the image is moved to the other network, and the next session leaves by that one', async () => {
  const { page: desk, context } = await openPerson(site);
  await signIn(desk, server.password);
  await desk.getByRole('link', { name: 'Egress' }).click();
  await desk.getByRole('button', { name: 'Create network' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByLabel(/^Name/).first().fill(OTHER.name);
  await dialog.getByRole('combobox', { name: 'Egress address' }).fill(OTHER.address);
  await desk.getByRole('option', { name: OTHER.address }).click();
  await dialog.getByRole('button', { name: 'More settings' }).click();
  await dialog.getByLabel('Gateway').fill(OTHER.gateway);
  expect(await findBarriers(desk)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached', timeout: 30_000 });

  await desk.getByRole('link', { name: 'Images', exact: true }).click();
  await desk.getByRole('link', { name: 'Edit Browser' }).click();
  await desk.getByRole('combobox', { name: 'Docker networks' }).click();
  await desk.getByRole('option', { name: NETWORK }).click();
  await desk.getByRole('option', { name: OTHER.name }).click();
  await desk.keyboard.press('Escape');
  await desk
    .getByLabel('Environment (JSON)')
    .fill(JSON.stringify({ START_URL: `http://${BEYOND}/the-other-way` }));
  await desk.getByRole('button', { name: 'Try it' }).click();
  await desk.waitForURL(/\/sessions\/[^/]+$/);
  await desk
    .getByText(`Verified ${OTHER.address}`)
    .waitFor({ state: 'attached', timeout: START_MS });
  const sources = async (): Promise<readonly string[]> => {
    const arrivals = await lab.wan.arrivals({ service: 'http', tag: '/the-other-way' });
    return [...new Set(arrivals.map(({ source }) => source))];
  };
  await expect.poll(sources, { timeout: START_MS }).toEqual([OTHER.address]);
  await context.close();
}, 300_000);

test('no page has an error on its console, or asks for what it does not get', async () => {
  const { page: desk, context, complaints } = await openPerson(site);
  await signIn(desk, server.password);
  await desk.getByRole('heading', { name: 'Start a session' }).waitFor();
  await desk.getByRole('link', { name: 'Images', exact: true }).click();
  await desk.getByRole('link', { name: 'Edit Browser' }).click();
  await desk.getByLabel('Friendly name').waitFor();
  const image = new URL(desk.url()).pathname;
  const known: Readonly<Record<string, string>> = {
    [PAGES.image]: image,
    [PAGES.session]: new URL(session).pathname,
    [PAGES.network]: PAGES.network.replace('{id}', NETWORK),
  };
  // A share has a test of its own, and whoever signs in has done so.
  const paths = Object.values(PAGES).filter(
    (path) => path !== PAGES.share && path !== PAGES.signIn,
  );
  for (const path of paths) {
    await desk.goto(known[path] ?? path);
    if (path === PAGES.session) await desk.getByRole('region', { name: 'Desktop' }).waitFor();
    else await settle(desk);
    await desk.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
    expect(complaints, path).toEqual([]);
  }
  await context.close();
}, 120_000);
