import axe from 'axe-core';
import type { BrowserContext, Page, Request } from 'playwright-core';
import type { Stage } from './stage.ts';

interface Look {
  readonly width?: number;
  readonly dark?: boolean;
}

/** A browser of somebody, with what went wrong in it. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /**
   * Exceptions, errors on the console, requests that failed, such as `net::ERR_FAILED GET /api/v1/me`, and answers
   * from 400 on, such as `409 POST /api/v1/images`.
   */
  readonly complaints: readonly string[];
}

export async function openPerson(
  { browser, url }: Pick<Stage, 'browser' | 'url'>,
  { width = 1280, dark = false }: Look = {},
): Promise<Person> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return { page, context, complaints: complaintsOf(page) };
}

function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  const nameOf = (request: Request): string =>
    `${request.method()} ${new URL(request.url()).pathname}`;
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Chromium's own lines about answers have no method; they are taken from the answers.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    complaints.push(message.text());
  });
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${nameOf(answer.request())}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Whoever leaves a page breaks off what it was still reading.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${reason} ${nameOf(request)}`);
  });
  return complaints;
}

/** Signs in by the form, and waits for the first page. */
export async function signIn(page: Page, password: string, name = 'admin'): Promise<void> {
  await page.goto('/');
  await page.getByLabel('User name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Waits until a page shows what it has read. */
export async function settle(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading …' }).first().waitFor({ state: 'detached' });
}

/** Serious findings of axe, each with the first place that has it. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // By CDP, so that the page's policy is as strict as it is for everybody.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: here } = globalThis as unknown as { readonly axe: typeof axe };
    return (await here.run(document)).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ''}`);
}

/** How far the document is wider than the window, in pixels. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Labels of lists that would have to be scrolled sideways. */
export async function wideLists(page: Page): Promise<readonly string[]> {
  return page
    .locator('section.list')
    .evaluateAll((lists) =>
      lists
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map((list) => list.getAttribute('aria-label') ?? ''),
    );
}

/** How many colours the desktop shows; a black one has one. */
export async function colours(shown: Page): Promise<number> {
  return shown.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.screen canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(pixels === undefined ? [] : new Uint32Array(pixels.buffer)).size;
  });
}
