import { loadavg } from 'node:os';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { XVNC_PROGRAMS } from '@sallyport/lab/display/xvnc';
import { chromium } from 'playwright-core';
import { WEBSOCKIFY } from '../display/contenders.ts';
import type { Figure } from '../figures.ts';
import { type BenchOptions, exitCode, runMeasures } from '../measures.ts';
import { type ClickTimes, DEBIAN_PAGE, measureClicks } from './clicks.ts';
import { measureSizes } from './sizes.ts';
import { writeViewerReport } from './viewer-report.ts';

/** What one measure found. */
interface Found {
  readonly figures: readonly Figure[];
  readonly clicks?: readonly ClickTimes[];
}

/** Debian's Chromium, without a window. It and all else that is needed is installed where it is missing. */
export async function openBrowser() {
  await ensurePackages({
    progress: (line) => console.error(line),
    programs: { ...XVNC_PROGRAMS, ...WEBSOCKIFY, chromium: ['chromium'] },
    files: { [`${DEBIAN_PAGE}/vnc_lite.html`]: ['novnc'] },
  });
  // Its sandbox does not start for root. What it shows is ours and Debian's.
  const args = ['--no-sandbox', '--disable-gpu'];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args });
}

/** Runs the measures one after the other; answers the exit code: 1 where a target was missed. */
export async function benchViewer({ quick, only }: BenchOptions): Promise<number> {
  const browser = await openBrowser();
  const load = loadavg()[0] ?? 0;
  try {
    const found = await runMeasures<Found>(
      {
        clicks: () => measureClicks(browser, quick ? 40 : 600),
        sizes: async () => ({ figures: await measureSizes(browser) }),
      },
      only,
    );
    if (found === undefined) return 2;
    if (!quick && only === undefined) {
      const all = [...found.values()];
      await writeViewerReport({
        figures: all.flatMap(({ figures }) => figures),
        clicks: all.flatMap(({ clicks }) => clicks ?? []),
        browser: browser.version(),
        load,
      });
    }
    return exitCode(found);
  } finally {
    await browser.close();
  }
}
