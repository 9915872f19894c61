import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startXvnc } from '@sallyport/lab/display/xvnc';
import type { Browser, Page } from 'playwright-core';
import { type Contender, startSallyport, startWebsockify } from '../display/contenders.ts';
import { type Figure, percentile, plainFigure } from '../figures.ts';
import { PROBE, servePage } from './page.ts';

/** Debian's package novnc. */
export const DEBIAN_PAGE = '/usr/share/novnc';
const SIZE = '640x480';
/** Both in the terminal, which fills the desktop; apart, for the display may draw the pointer into the picture. */
const CLICKED = { x: 300, y: 200 };
const WATCHED = { x: 400, y: 300 };
const TURN = 20;
const READY_MS = 20_000;
/** What the gateway may take longer than websockify. */
const MOST_MORE_MS = 1;

/** Milliseconds of each click by one way, in their order. */
export interface ClickTimes {
  readonly name: string;
  readonly values: readonly number[];
}

/** A viewer in a browser, and the way from it to the desktop. */
interface Way {
  readonly name: string;
  readonly contender: Contender;
  /** Opens the viewer in a page. */
  readonly open: (page: Page) => Promise<unknown>;
}

interface Found {
  readonly figures: readonly Figure[];
  readonly clicks: readonly ClickTimes[];
}

/** From a click in the browser to the pixel that it changes there, by several ways in turns. */
export async function measureClicks(browser: Browser, clicks: number): Promise<Found> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const xvnc = await startXvnc({ directory, geometry: SIZE });
  const page = await servePage();
  const ways: Way[] = [];
  try {
    const program = join(import.meta.dirname, 'click-program.ts');
    xvnc.start('xterm', ['-geometry', '200x80+0+0', '-e', process.execPath, program]);
    const target = { path: xvnc.socketPath };
    const sallyport = await startSallyport(target, directory, { origin: page.origin });
    ways.push({ name: 'Sallyport', contender: sallyport, open: ours(page.origin, sallyport) });
    const websockify = await startWebsockify(target, directory);
    ways.push({
      name: 'websockify',
      contender: websockify,
      open: ours(page.origin, websockify),
    });
    const debian = await startWebsockify(target, directory, { web: DEBIAN_PAGE });
    ways.push({ name: 'Debian’s novnc', contender: debian, open: theirs(debian) });
    const times = new Map(ways.map((way) => [way, [] as number[]]));
    for (let turn = 0; turn * TURN < clicks; turn += 1) {
      for (const [way, values] of times) {
        // oxlint-disable-next-line no-await-in-loop -- by turns
        values.push(...(await takeTurn(browser, way, turn)));
      }
    }
    return summarize([...times].map(([{ name }, values]) => ({ name, values })));
  } finally {
    await Promise.all(ways.map(({ contender }) => contender.stop()));
    await page.close();
    await xvnc.stop();
    await rm(directory, { recursive: true });
  }
}

const ours =
  (origin: string, { door }: Contender) =>
  async (page: Page): Promise<unknown> => {
    await page.goto(origin);
    const { url, protocols } = await door();
    await page.waitForFunction('globalThis.see !== undefined');
    return page.evaluate(`see(${JSON.stringify(url)}, ${JSON.stringify(protocols)})`);
  };

const theirs =
  ({ door }: Contender) =>
  async (page: Page): Promise<unknown> => {
    const { host, hostname, port } = new URL((await door()).url);
    return page.goto(`http://${host}/vnc_lite.html?host=${hostname}&port=${port}&path=`);
  };

/** Milliseconds of some clicks in a page of its own. @throws Error when a click changes nothing */
async function takeTurn(browser: Browser, { open }: Way, turn: number): Promise<number[]> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
  context.setDefaultTimeout(READY_MS);
  try {
    const page = await context.newPage();
    await page.addInitScript(PROBE);
    await open(page);
    const place = JSON.stringify(WATCHED);
    // The terminal is red or blue, and nothing else on the desktop is.
    await page.waitForFunction(`/^(205,0,0|0,0,238),/.test(colourAt(${place}))`);
    const canvas = await page.locator('canvas').first().boundingBox();
    if (canvas === null) throw new Error('the viewer shows no canvas');
    await page.mouse.move(canvas.x + CLICKED.x, canvas.y + CLICKED.y);
    const times: number[] = [];
    /* oxlint-disable no-await-in-loop -- one click after the other */
    for (let click = 0; click < TURN; click += 1) {
      // Not in step with the display's clock of frames.
      await sleep(60 + (((turn + click) * 7) % 17));
      await page.evaluate(`watch(${place})`);
      await page.mouse.down();
      const ms = await page.evaluate('watched');
      await page.mouse.up();
      if (typeof ms !== 'number' || !(ms > 0)) throw new Error(`a click took ${String(ms)} ms`);
      times.push(ms);
    }
    /* oxlint-enable no-await-in-loop */
    return times;
  } finally {
    await context.close();
  }
}

function summarize(clicks: readonly ClickTimes[]): Found {
  const p50 = clicks.map(({ values }) => percentile(values, 0.5));
  const [ours50 = 0, same50 = 0, debian50 = 0] = p50;
  return {
    clicks,
    figures: [
      ...clicks.map(({ name, values }, index) =>
        plainFigure(
          `click to pixel by ${name}, p50 and p95 of ${values.length}`,
          `${p50[index]?.toFixed(1)} and ${percentile(values, 0.95).toFixed(1)} ms`,
        ),
      ),
      moreFigure(
        'what Sallyport takes longer than Debian’s websockify and novnc, p50',
        ours50 - debian50,
      ),
      moreFigure(
        'what Sallyport takes longer than websockify with the same noVNC, p50',
        ours50 - same50,
      ),
    ],
  };
}

function moreFigure(name: string, ms: number): Figure {
  return {
    name,
    measured: `${ms.toFixed(1)} ms`,
    target: `at most ${MOST_MORE_MS} ms`,
    reached: ms <= MOST_MORE_MS,
  };
}
