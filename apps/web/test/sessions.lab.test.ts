import type { SessionView } from '@sallyport/contract/server/sessions';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBarriers, openPerson, overflow, signIn } from './person.ts';
import { openStage, type Stage } from './stage.ts';

/* What the pages make of the sessions that a server tells. That a desktop is shown for true is in guide.lab.test.ts. */

/** The smallest PNG. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const RUNNING: SessionView = {
  id: 'b9f0a3c2-1f0e-4a55-8d6c-3a1f4f6c0001',
  imageId: 'an image',
  imageName: 'Chromium',
  owner: { id: 'somebody', name: 'admin' },
  state: 'running',
  phase: '',
  reason: '',
  actions: ['open', 'pause', 'stop', 'delete', 'screenshot', 'share', 'logs'],
  network: 'z_custom_a',
  egress: ['192.168.4.153'],
  verified: { address: '192.168.4.153', at: Date.UTC(2026, 0, 2, 9), ok: true },
  networkState: 'Ready',
  networkReason: '',
  containerId: null,
  host: 'local',
  createdAt: Date.UTC(2026, 0, 2, 8),
  startedAt: Date.UTC(2026, 0, 2, 8),
  lastInputAt: null,
  lastKeepaliveAt: null,
  expiresAt: Date.UTC(2026, 0, 2, 10),
  expiryAction: 'stop',
  version: 1,
};
const PAUSED: SessionView = {
  ...RUNNING,
  id: 'b9f0a3c2-1f0e-4a55-8d6c-3a1f4f6c0002',
  imageName: 'Terminal',
  state: 'paused',
  actions: ['resume', 'stop', 'delete', 'logs'],
  networkState: 'Blocked',
  networkReason: 'The address is not on the host.',
  expiresAt: null,
};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** A page that is told of these sessions, and whose changes of them are answered as done. */
async function visit(items: readonly SessionView[], width = 1280): Promise<Page> {
  const { page, context } = await openPerson(stage, { width });
  onTestFinished(() => context.close());
  await page.route(/\/api\/v1\/sessions(\?|$)/, (route) =>
    route.fulfill({ json: { items, nextCursor: null } }),
  );
  await page.route('**/thumbnail?*', (route) =>
    route.fulfill({ contentType: 'image/png', body: PNG }),
  );
  await signIn(page, stage.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  return page;
}

test.each([390, 1440])('my sessions: picture, state, address, end, at %i pixels', async (width) => {
  const page = await visit([RUNNING, PAUSED], width);
  await page.goto('/sessions');
  const running = page.getByRole('article', { name: 'Chromium' });
  const picture = running.getByAltText('The desktop of Chromium');
  await expect
    .poll(() => picture.evaluate((shown) => (shown as HTMLImageElement).naturalWidth))
    .toBe(1);
  expect(await running.textContent()).toContain('then it is stopped');
  expect(await running.textContent()).toContain('Verified 192.168.4.153');
  const paused = page.getByRole('article', { name: 'Terminal' });
  expect(await paused.getByRole('img').count()).toBe(0);
  expect(await paused.textContent()).toContain('Blocked: The address is not on the host.');
  expect(await findBarriers(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const asked = page.waitForRequest((request) => request.url().endsWith(`${PAUSED.id}/resume`));
  await paused.getByRole('button', { name: 'Resume' }).click();
  expect((await asked).method()).toBe('POST');
  await running.getByRole('link', { name: 'The desktop of Chromium' }).click();
  await page.waitForURL(`**/sessions/${RUNNING.id}`);
});

test('a picture that can not be had leaves the first letter', async () => {
  const page = await visit([RUNNING]);
  await page.route('**/thumbnail?*', (route) => route.fulfill({ status: 503 }));
  await page.goto('/sessions');
  const card = page.getByRole('article', { name: 'Chromium' });
  await card.getByText('C', { exact: true }).waitFor();
  expect(await card.getByRole('img').count()).toBe(0);
});

test('several sessions are stopped or deleted with one question, which counts and names them', async () => {
  const stopped: SessionView = {
    ...PAUSED,
    id: 'b9f0a3c2-1f0e-4a55-8d6c-3a1f4f6c0003',
    imageName: 'Desktop',
    state: 'stopped',
    actions: ['start', 'delete'],
  };
  const page = await visit([RUNNING, PAUSED, stopped]);
  const asked: string[] = [];
  await page.route(/sessions\/[^/?]+(\/stop)?$/, async (route) => {
    const request = route.request();
    asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
    await route.fulfill({ json: RUNNING });
  });
  await page.goto('/admin/sessions');
  await page.getByLabel('Choose all').check();
  const bar = page.getByRole('toolbar', { name: 'With those that are chosen' });
  await bar.getByRole('button', { name: 'Delete (3)' }).waitFor();
  await bar.getByRole('button', { name: 'Stop (2)' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop 2 sessions?' });
  expect(await dialog.textContent()).toContain('Chromium of admin');
  expect(await dialog.textContent()).not.toContain('Desktop');
  expect(asked).toEqual([]);
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await bar.getByText('None chosen').waitFor();
  expect(asked).toEqual([
    `POST /api/v1/sessions/${RUNNING.id}/stop`,
    `POST /api/v1/sessions/${PAUSED.id}/stop`,
  ]);
});
