import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBarriers, openPerson, overflow, signIn, wideLists } from './person.ts';
import { ask, change } from './seed.ts';
import { openStage, type Stage } from './stage.ts';

/* What lists have in common: what is deleted is asked about first, and several rows are changed at once. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** The administrator's page, signed in. */
async function visit(look: Parameters<typeof openPerson>[1] = {}): Promise<Page> {
  const { page, context } = await openPerson(stage, look);
  onTestFinished(() => context.close());
  await signIn(page, stage.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  return page;
}

test.each([false, true])(
  'what is deleted is asked about first, by keyboard, dark: %s',
  async (dark) => {
    const page = await visit({ dark, width: dark ? 390 : 1280 });
    const name = dark ? 'Late shift' : 'Early shift';
    await ask(page, '/api/v1/groups', { name });
    await page.goto('/admin/groups');
    const remove = page.getByRole('button', { name: `Delete ${name}` });
    const dialog = page.getByRole('dialog', { name: `Delete ${name}?` });
    await remove.focus();
    await page.keyboard.press('Enter');
    await dialog.locator('button:focus', { hasText: 'Cancel' }).waitFor();
    expect(await dialog.textContent()).toContain('Its members stay');
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await remove.evaluate((button) => button === document.activeElement)).toBe(true);
    // A hasty Enter is on Cancel.
    await page.keyboard.press('Enter');
    await dialog.locator('button:focus', { hasText: 'Cancel' }).waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.reload();
    await remove.waitFor();
    await remove.focus();
    await page.keyboard.press('Enter');
    await dialog.locator('button:focus', { hasText: 'Cancel' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await remove.waitFor({ state: 'detached' });
  },
);

test('several users are disabled with one question; who could not be is told by name', async () => {
  const page = await visit();
  // Deaf, so that it asks with what it read.
  await page.route('**/api/v1/events', (route) => route.abort());
  const made: { readonly id: string; readonly name: string }[] = [];
  for (const name of ['bulk-anna', 'bulk-bert', 'bulk-cleo']) {
    made.push(await ask(page, '/api/v1/users', { name, password: 'correct horse battery' }));
  }
  await page.goto('/admin/users');
  const bar = page.getByRole('toolbar', { name: 'With those that are chosen' });
  await bar.getByText('None chosen').waitFor();
  expect(await bar.getByRole('button').count()).toBe(0);
  await page.getByLabel('Choose all').check();
  // Nobody is locked out by the way: of four that are chosen it is about three.
  await bar.getByText('4 chosen').waitFor();
  await bar.getByRole('button', { name: 'Delete (3)' }).waitFor();
  await page.getByLabel('Choose bulk-cleo').uncheck();
  await change(page, `/api/v1/users/${made[1]?.id}`, { displayName: 'Bert' });
  await bar.getByRole('button', { name: 'Disable (2)' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disable 2 users?' });
  expect(await dialog.textContent()).toContain('bulk-anna\nbulk-bert');
  expect(await dialog.textContent()).not.toContain('admin');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Disable' }).click();
  const told = page.getByRole('alert');
  await told.getByText('1 could not be done').waitFor();
  expect(await told.textContent()).toContain('bulk-bert');
  expect(await told.textContent()).toContain('version_changed');
  expect(await told.textContent()).not.toContain('bulk-anna');
  const state = (name: string) =>
    page.getByRole('row').filter({ hasText: name }).getByText('Disabled').count();
  await expect.poll(() => state('bulk-anna')).toBe(1);
  expect(await state('bulk-bert')).toBe(0);
  expect(await state('bulk-cleo')).toBe(0);
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await wideLists(page)).toEqual([]);
  }
  await told.getByRole('button', { name: 'Close' }).click();
  await told.waitFor({ state: 'detached' });
});

test('a list is sorted both ways; a row that a search hides is not changed with the others', async () => {
  const page = await visit();
  for (const index of [4, 2, 6, 1, 3, 5]) {
    const password = 'correct horse battery';
    await ask(page, '/api/v1/users', { name: `hidden-${index}`, password });
  }
  await page.goto('/admin/users');
  const head = page.getByRole('columnheader', { name: 'Name' }).first();
  const order = async () =>
    (await page.getByRole('row').allTextContents()).flatMap((row) => /hidden-\d/.exec(row) ?? []);
  await head.getByRole('button').click();
  expect(await order()).toEqual([1, 2, 3, 4, 5, 6].map((index) => `hidden-${index}`));
  expect(await head.getAttribute('aria-sort')).toBe('ascending');
  await head.getByRole('button').click();
  expect(await order()).toEqual([6, 5, 4, 3, 2, 1].map((index) => `hidden-${index}`));
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  await page.getByLabel('Choose all').check();
  await page.getByLabel('Search').fill('hidden-3');
  const bar = page.getByRole('toolbar', { name: 'With those that are chosen' });
  await bar.getByRole('button', { name: 'Delete (1)' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 1 user?' });
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('hidden-3').waitFor({ state: 'detached' });
  await page.getByLabel('Search').fill('');
  expect(await page.getByRole('row').filter({ hasText: 'hidden-' }).count()).toBe(5);
});

test('a key goes at once, and comes back with the reason where the server does not delete it', async () => {
  const page = await visit();
  for (const name of ['first key', 'second key'])
    await ask(page, '/api/v1/me/keys', { name, days: 1, scopes: [] });
  await page.goto('/account');
  let answer = (): void => {};
  await page.route('**/api/v1/me/keys/*', async (route) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    await route.abort();
  });
  await page.getByRole('button', { name: 'Delete first key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  // Nobody has answered yet.
  await page.getByText('first key').waitFor({ state: 'detached' });
  answer();
  await page.getByText('server_unreachable').waitFor();
  await page.getByText('first key').waitFor();
  await page.unroute('**/api/v1/me/keys/*');
  await page.getByRole('button', { name: 'Delete second key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('second key').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('first key').waitFor();
  expect(await page.getByText('second key').count()).toBe(0);
});

test('a list is narrowed by the values that its rows have', async () => {
  const page = await visit();
  const password = 'correct horse battery';
  await ask(page, '/api/v1/users', { name: 'clara', displayName: 'Clara', password });
  await page.goto('/admin/users');
  await page.getByRole('cell', { name: 'clara', exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Administrator' }).click();
  await page.getByRole('cell', { name: 'clara', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('cell', { name: 'admin', exact: true }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
});
