import { type Figure, percentile } from '../figures.ts';
import { renderPlot } from '../plot.ts';
import { machine, renderFigures, writeFiles } from '../report.ts';
import type { ClickTimes } from './clicks.ts';

/** Everything of one run. */
interface ViewerReport {
  readonly figures: readonly Figure[];
  readonly clicks: readonly ClickTimes[];
  /** Version of Chromium. */
  readonly browser: string;
  /** The machine's load, averaged over a minute, right before. */
  readonly load: number;
}

const PERCENTS = [5, 25, 50, 75, 95];

/** Writes the table, the plot and the raw figures of a whole run. */
export async function writeViewerReport(report: ViewerReport): Promise<void> {
  const clicks = report.clicks.map(({ name, values }) => ({
    name,
    count: values.length,
    ms: Object.fromEntries(PERCENTS.map((percent) => [percent, percentile(values, percent / 100)])),
  }));
  await writeFiles({
    'viewer.md': renderReport(report),
    'viewer.svg': renderClicks(report.clicks),
    'viewer.json': `${JSON.stringify({ ...report, clicks }, undefined, 2)}\n`,
  });
}

function renderClicks(clicks: ViewerReport['clicks']): string {
  return renderPlot({
    label: 'percent of clicks that are no slower; ms',
    marks: PERCENTS,
    logarithmic: false,
    lines: clicks.map(({ name, values }) => ({
      name,
      points: PERCENTS.map((percent) => ({ x: percent, y: percentile(values, percent / 100) })),
    })),
  });
}

function renderReport({ figures, browser, load }: ViewerReport): string {
  return `# Viewer

Made by \`npm run bench -- viewer\`: everything in one run, contenders by turns. Measured on ${machine()},
Chromium ${browser}, at a load of ${load.toFixed(1)} right before.

${renderFigures(figures)}

![Milliseconds from click to pixel](viewer.svg)

- **Click to pixel**: headless Chromium clicks in the canvas of noVNC; a program on a real Xvnc at 120 frames a second
  fills its window with another colour; the page itself takes the time from the browser's event of the button to the
  pixel's other colour on the canvas that one sees. Sallyport is its gateway with the unix-socket hop of the agent's
  tunnel and the noVNC of its page; beside it the same noVNC through websockify, and what Debian has: its package
  novnc, an older one, through websockify.
- **First load**: document, scripts and styles as they come over the wire, with headers, into a browser that has none of
  them; answers of the API are not counted. Debian's websockify sends files as they are.
`;
}
