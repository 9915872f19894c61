import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { colours, findBarriers, openPerson, overflow, type Person, signIn } from './person.ts';
import { ask } from './seed.ts';
import { BEYOND, openSite, type Site } from './site.ts';

/* A desktop that several browsers look at: the owner's, another one of the owner's, and those of guests with a link. */

const ADDRESS = '192.168.4.153';
const START_MS = 120_000;
/** Longer than a page takes that was typed in by somebody who may. */
const QUIET_MS = 5_000;

let site: Site;
let owner: Person;

beforeAll(async () => {
  site = await openSite('share');
  const image = await ensureDesktopImage(`unix://${site.lab.layout.dockerSocket}`, () => undefined);
  owner = await openPerson(site);
  const { page } = owner;
  await signIn(page, site.server.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  await ask(page, '/api/v1/networks', { name: 'z_custom_a', egress: { ipv4: [ADDRESS] } });
  await ask(page, '/api/v1/images', {
    name: 'Browser',
    dockerImage: image,
    networks: ['z_custom_a'],
    restrictToNetwork: true,
    environment: { START_URL: `http://${BEYOND}/first` },
  });
}, 600_000);

afterAll(() => site.close());

const shows = (page: Page) =>
  expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(50);

/** Who has asked the machine beyond for a page. */
async function visits(path: string): Promise<readonly string[]> {
  const arrivals = await site.lab.wan.arrivals({ service: 'http', tag: path });
  return arrivals.map(({ source }) => source);
}

/** Types an address into the browser of the desktop. */
async function surfTo(page: Page, path: string): Promise<void> {
  await page.locator('.screen canvas').click();
  await page.keyboard.press('Control+l');
  await page.keyboard.type(`http://${BEYOND}${path}`, { delay: 20 });
  await page.keyboard.press('Enter');
}

/** Types until the machine beyond was asked: a desktop on a busy machine loses keys while its browser comes up. */
async function expectVisit(page: Page, path: string): Promise<void> {
  const arrived = async (): Promise<boolean> => {
    await surfTo(page, path);
    const end = Date.now() + QUIET_MS;
    while (Date.now() < end && (await visits(path)).length === 0) await sleep(200);
    return (await visits(path)).includes(ADDRESS);
  };
  await expect.poll(arrived, { timeout: 60_000 }).toBe(true);
}

/** A link that the owner makes, opened by a guest without an account. */
async function invite(kind: string): Promise<Person> {
  const { page } = owner;
  // By the keyboard: the bar hides itself from the mouse.
  await page.getByRole('button', { name: 'Share' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: kind }).click();
  const link = (await dialog.getByRole('status').locator('code').textContent()) ?? '';
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  const guest = await openPerson(site);
  await guest.page.goto(link);
  await shows(guest.page);
  return guest;
}

test('the owner starts a session and sees its desktop', async () => {
  const { page } = owner;
  await page.goto('/');
  await page.getByRole('button', { name: 'Start Browser' }).click();
  await page.getByText(`Verified ${ADDRESS}`).waitFor({ state: 'attached', timeout: START_MS });
  await shows(page);
  await expect.poll(() => visits('/first'), { timeout: START_MS }).not.toEqual([]);
}, 300_000);

test('the owner goes on with the session in another browser', async () => {
  const other = await openPerson(site);
  await signIn(other.page, site.server.password);
  await other.page.getByRole('link', { name: 'My sessions' }).click();
  await other.page.getByRole('link', { name: /^Open/ }).first().click();
  await shows(other.page);
  await expectVisit(other.page, '/from-elsewhere');
  expect(other.complaints).toEqual([]);
  await other.context.close();
}, 120_000);

test('on a phone the keyboard opens for the desktop, and the bar tells of the connection', async () => {
  const phone = await openPerson(site, { width: 390 });
  const { page } = phone;
  await signIn(page, site.server.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  await page.goto(new URL(owner.page.url()).pathname);
  await shows(page);
  const bar = page.getByRole('toolbar');
  await bar.getByText(/\d+ ms$/).waitFor({ state: 'attached' });
  const arrived = async (): Promise<boolean> => {
    await page.locator('.screen canvas').click();
    await page.keyboard.press('Control+l');
    await bar.getByRole('button', { name: 'Keyboard' }).press('Enter');
    await page.keyboard.type(`http://${BEYOND}/from-a-phonx`, { delay: 20 });
    await page.keyboard.press('Backspace');
    await page.keyboard.type('e');
    await page.keyboard.press('Enter');
    await sleep(QUIET_MS);
    return (await visits('/from-a-phone')).includes(ADDRESS);
  };
  await expect.poll(arrived, { timeout: 60_000 }).toBe(true);
  expect(await page.getByLabel('What is typed here').inputValue()).toBe('');
  expect(await findBarriers(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(phone.complaints).toEqual([]);
  await phone.context.close();
}, 120_000);

test('whoever looks on changes nothing; whoever has control does, until the link is revoked', async () => {
  const watcher = await invite('looking on');
  await watcher.page.getByText('You look on.').waitFor({ state: 'attached' });
  for (const _ of [1, 2]) {
    await surfTo(watcher.page, '/by-the-watcher');
    await sleep(QUIET_MS);
  }
  const helper = await invite('full control');
  await expectVisit(helper.page, '/by-the-helper');
  expect(await visits('/by-the-watcher')).toEqual([]);
  // Nobody is signed in there, and nothing else of the site is shown.
  await helper.page.goto('/sessions');
  await helper.page.getByRole('heading', { name: 'Sign in' }).waitFor();

  const { page } = owner;
  await page.getByRole('button', { name: 'Share' }).press('Enter');
  const dialog = page.getByRole('dialog');
  const line = dialog.getByText(/^looking on/).locator('..');
  await line.getByRole('button', { name: 'Revoke' }).click();
  await watcher.page.getByText('share_not_found').waitFor({ timeout: 20_000 });
  expect(await watcher.page.locator('.screen canvas').count()).toBe(0);
  for (const { context } of [watcher, helper]) await context.close();
}, 180_000);
