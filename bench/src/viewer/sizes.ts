import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PAGES } from '@sallyport/contract/server/pages';
import type { Browser } from 'playwright-core';
import { startWebsockify } from '../display/contenders.ts';
import { type Figure, limitFigure, plainFigure } from '../figures.ts';
import { openApi } from '../server/api.ts';
import { startFilledServer } from '../server/filled-server.ts';
import { DEBIAN_PAGE } from './clicks.ts';

const BUILD_PAGE = join(import.meta.dirname, '../../../scripts/build-web.ts');
const BUILD_MS = 180_000;
const HOME_BELOW_KB = 250;
/** The page is there when nothing has come for so long. */
const QUIET_MS = 1_500;
const MOST_MS = 30_000;

interface Load {
  readonly url: string;
  /** `name=value`; null: nobody is signed in. */
  readonly cookie: string | null;
}

/** What a browser that has nothing yet loads of the page, as it comes over the wire. */
export async function measureSizes(browser: Browser): Promise<readonly Figure[]> {
  await promisify(execFile)(process.execPath, [BUILD_PAGE, '--if-stale'], { timeout: BUILD_MS });
  const server = await startFilledServer('sqlite', 20);
  try {
    const api = await openApi(server.url, server.password);
    const { items } = await api.get<{ readonly items: readonly { readonly id: string }[] }>(
      '/api/v1/sessions?all=true&state=running',
    );
    const session = PAGES.session.replace('{id}', items[0]?.id ?? '');
    const { cookie } = api;
    const home = await loadedKb(browser, { url: `${server.url}${PAGES.home}`, cookie });
    const viewer = await loadedKb(browser, { url: `${server.url}${session}`, cookie });
    api.close();
    if (viewer === home) throw new Error('the page of a desktop has loaded no viewer');
    return [
      limitFigure('first load of the home', home, { below: HOME_BELOW_KB, unit: 'kB' }),
      plainFigure('first load of a desktop’s page, with noVNC', `${Math.round(viewer)} kB`),
      plainFigure('first load of Debian’s novnc', `${Math.round(await debianKb(browser))} kB`),
    ];
  } finally {
    await server.stop();
  }
}

async function debianKb(browser: Browser): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const target = { path: join(directory, 'none.sock') };
  const websockify = await startWebsockify(target, directory, { web: DEBIAN_PAGE });
  try {
    const { host } = new URL((await websockify.door()).url);
    return await loadedKb(browser, { url: `http://${host}/vnc.html`, cookie: null });
  } finally {
    await websockify.stop();
    await rm(directory, { recursive: true });
  }
}

/** Kilobytes of the document and all that it is made of, with their headers; not of what it asks an API. */
async function loadedKb(browser: Browser, { url, cookie }: Load): Promise<number> {
  const context = await browser.newContext();
  try {
    if (cookie !== null) {
      const [name = '', value = ''] = cookie.split('=', 2);
      // With its path the cookie would be of that path alone.
      await context.addCookies([{ name, value, url: new URL(url).origin }]);
    }
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const parts = new Set<string>();
    let bytes = 0;
    let last = performance.now();
    session.on('Network.responseReceived', ({ requestId, response }) => {
      if (!new URL(response.url).pathname.startsWith('/api/')) parts.add(requestId);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      last = performance.now();
      if (parts.has(requestId)) bytes += encodedDataLength;
    });
    await page.goto(url);
    const end = performance.now() + MOST_MS;
    // oxlint-disable-next-line no-await-in-loop -- until it is quiet
    while (performance.now() - last < QUIET_MS && performance.now() < end) await sleep(100);
    return bytes / 1000;
  } finally {
    await context.close();
  }
}
