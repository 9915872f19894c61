import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBarriers, openPerson, signIn } from './person.ts';
import { ask } from './seed.ts';
import { openStage, type Stage } from './stage.ts';

/* What lists have in common: what is deleted is asked about first. */

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
