import type { Lab } from '@sallyport/lab/lab';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers, openPerson, overflow, signIn, wideLists } from './person.ts';
import { ask } from './seed.ts';
import { BEYOND, openSite, type Site } from './site.ts';

/* What the pages tell of networks whose containers do things: leases, other ways out, what was stopped. */

const OWN = { name: 'z_own', pool: ['192.168.4.53', '192.168.4.153'] } as const;
const LONE = { name: 'z_lone', address: '192.168.56.103', gateway: '192.168.56.1' } as const;
const WIDTHS = [390, 1440];

let site: Site;
let lab: Lab;
let page: Page;

beforeAll(async () => {
  site = await openSite('network');
  ({ lab } = site);
  ({ page } = await openPerson(site));
  await signIn(page, site.server.password);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 600_000);

afterAll(() => site.close());

const list = (name: string) => page.getByRole('region', { name });

/** No barrier, and nothing beside the window, on a phone as on a desk. */
async function expectOpenToAll(): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await wideLists(page)).toEqual([]);
  }
}

test('a network tells which container has which address, and since when', async () => {
  await ask(page, '/api/v1/networks', {
    name: OWN.name,
    egress: { ipv4: OWN.pool },
    assign: 'per-container',
  });
  await page.goto('/admin/egress');
  await page.getByRole('link', { name: OWN.name, exact: true }).click();
  await page.getByText('No container has an address of its own now.').waitFor();
  await lab.runContainer({ name: 'worker', network: OWN.name, dns: [BEYOND] });
  const row = list('Who has which address').getByRole('row').filter({ hasText: 'worker' });
  await row.waitFor({ timeout: 20_000 });
  const text = (await row.textContent()) ?? '';
  expect(OWN.pool.filter((address) => text.includes(address))).toHaveLength(1);
  expect(text).toContain('in use');
  await expectOpenToAll();
}, 120_000);

test('a container with another way out is listed with the remedy, until it is followed', async () => {
  await page.goto('/admin/egress');
  await page.getByText('every container on an egress network leaves by it alone').waitFor();
  await lab.docker(['network', 'create', 'aside']);
  await lab.docker(['network', 'connect', 'aside', 'worker']);
  const remedy = 'docker network disconnect aside worker';
  const row = list('Containers with another way out').getByRole('row').filter({ hasText: remedy });
  await row.waitFor({ timeout: 20_000 });
  expect(await row.textContent()).toContain('another network');
  await expectOpenToAll();
  await row.getByRole('link', { name: OWN.name, exact: true }).click();
  await page.getByRole('heading', { name: OWN.name, level: 1 }).waitFor();
  await row.waitFor();
  await lab.docker(remedy.split(' ').slice(1));
  await row.waitFor({ state: 'detached', timeout: 20_000 });
}, 120_000);

test('what was stopped is counted; what leaves as it should is not', async () => {
  const { name, address, gateway } = LONE;
  await ask(page, '/api/v1/networks', { name, egress: { ipv4: [address] }, gateway });
  const lone = await lab.runContainer({ name: 'lone', network: name, dns: [BEYOND] });
  const attempt = (target: string) => lone.traffic('udp', ['--target', target, '--timeout', '1']);
  const { stdout } = await lab.docker([
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    'worker',
  ]);
  const figure = page.getByRole('region', { name: 'Attempts to leave by another way' });
  const count = async (): Promise<number> => {
    await page.reload();
    const text = await figure.getByRole('paragraph').first().textContent();
    return Number((text ?? '').replaceAll(/\D/g, ''));
  };
  await page.goto('/admin/egress');
  const before = await count();
  expect((await attempt(BEYOND)).ok).toBe(true);
  expect(await count()).toBe(before);
  // Past the egress address, over the host, to a container of another network.
  expect((await attempt(stdout.trim())).ok).toBe(false);
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(before);
  expect(await figure.textContent()).toContain('by another bridge or interface');
  await page.getByRole('link', { name, exact: true }).first().click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  expect(await page.getByRole('region', { name: 'State' }).textContent()).toContain(address);
  await figure.waitFor();
}, 120_000);

test('the picture shows who sends how much, leads on, and fits into a narrow window', async () => {
  await page.setViewportSize({ width: 1440, height: 800 });
  await page.goto('/admin/egress');
  const picture = page.getByRole('region', { name: 'Who leaves where' });
  await picture.getByText('Outside').waitFor();
  // Both networks have rates, and neither of their containers sends.
  await expect.poll(() => picture.getByText('↑ 0 B/s').count(), { timeout: 20_000 }).toBe(2);
  const load = ['--target', BEYOND, '--tag', 'picture', '--seconds', '90'];
  await lab.docker(['exec', '-d', 'lone', 'traffic', 'load', ...load]);
  await picture.getByText('1 container sends').waitFor({ timeout: 20_000 });
  await expect.poll(() => picture.getByText('↑ 0 B/s').count(), { timeout: 20_000 }).toBe(1);
  expect(await findBarriers(page)).toEqual([]);
  await picture.getByRole('link', { name: LONE.name }).click();
  const traffic = page.getByRole('region', { name: 'Traffic' });
  await expect.poll(() => traffic.locator('polyline').count(), { timeout: 20_000 }).toBe(3);
  expect(await traffic.textContent()).not.toContain('sent 0 B/s');
  await expectOpenToAll();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/admin/egress');
  const line = picture.getByRole('listitem').filter({ hasText: LONE.name }).first();
  await line.getByText(LONE.address).waitFor();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await picture.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  expect(await picture.locator('svg.ways').count()).toBe(0);
  await page.setViewportSize({ width: 1440, height: 800 });
}, 120_000);

test('the form says what the host will do, does nothing until then, and then just that', async () => {
  await page.goto('/admin/egress');
  await page.getByRole('button', { name: 'Create network' }).click();
  const dialog = page.getByRole('dialog');
  const note = dialog.getByRole('note');
  const save = dialog.getByRole('button', { name: 'Save' });
  const choose = async (address: string): Promise<void> => {
    await dialog.getByRole('combobox', { name: 'Egress address' }).fill(address);
    await page.getByRole('option', { name: address }).click();
  };
  await dialog.getByLabel(/^Name/).first().fill(OWN.name);
  await choose(OWN.pool[0]);
  await note.getByText(`There is an egress network ${OWN.name} already.`).waitFor();
  expect(await save.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Name/).first().fill('z_ahead');
  await note.getByText('The host will have it so:').waitFor();
  const subnet = /subnet: ([\d./]+)/.exec((await note.textContent()) ?? '')?.[1];
  expect(await exists('z_ahead')).toBe(false);
  await dialog.getByRole('button', { name: 'More settings' }).click();
  const denied = dialog.getByRole('combobox', { name: 'Denied prefixes' });
  await denied.fill('203.0.113.9/64');
  await page.keyboard.press('Enter');
  // Refused by the agent, before anything is done.
  await dialog.getByRole('alert').waitFor();
  expect(await dialog.getByRole('alert').textContent()).toContain('deny');
  expect(await save.isDisabled()).toBe(true);
  await denied.press('Backspace');
  await note.getByText('deny: nothing').waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await findBarriers(page)).toEqual([]);
  await save.click();
  await dialog.waitFor({ state: 'detached', timeout: 20_000 });
  await page.getByRole('link', { name: 'z_ahead', exact: true }).click();
  await page.getByText(subnet ?? 'a subnet that was told').waitFor();

  await page.getByRole('button', { name: 'Edit' }).click();
  await note.getByText('Nothing will change.').waitFor();
  await choose(OWN.pool[1]);
  await note.getByText(`egress: ${OWN.pool[0]} -> ${OWN.pool[1]}`).waitFor();
  await save.click();
  await dialog.waitFor({ state: 'detached', timeout: 20_000 });
  const facts = page.getByRole('region', { name: 'State' });
  await expect.poll(() => facts.textContent()).toContain(OWN.pool[1]);
}, 120_000);

async function exists(name: string): Promise<boolean> {
  return (await page.request.get(`/api/v1/networks/${name}`)).ok();
}
