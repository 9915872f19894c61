import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureClicks } from './clicks.ts';
import { measureSizes } from './sizes.ts';
import { openBrowser } from './viewer.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('clicks: every click by every way changes the pixel that is watched', async () => {
  const { clicks } = await measureClicks(browser, 20);
  expect(clicks).toHaveLength(3);
  for (const { values } of clicks) {
    expect(values).toHaveLength(20);
    // Nobody answers faster than the display draws, and a second is the time of something else.
    expect(Math.min(...values)).toBeGreaterThan(0.1);
  }
}, 120_000);

test('sizes: the page of a desktop loads more than the home, which keeps its limit', async () => {
  const [home, desktop, debian] = await measureSizes(browser);
  expect(home?.reached).toBe(true);
  const kb = [home, desktop, debian].map((figure) => Number.parseFloat(figure?.measured ?? ''));
  expect(kb[0]).toBeGreaterThan(20);
  expect(kb[1]).toBeGreaterThan((kb[0] ?? 0) + 20);
  expect(kb[2]).toBeGreaterThan(100);
}, 120_000);
