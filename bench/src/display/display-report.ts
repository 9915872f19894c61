import type { Figure } from '../figures.ts';
import { renderPlot } from '../plot.ts';
import { machine, renderFigures, writeFiles } from '../report.ts';
import { type MemoryLine, STALL_AT_S } from './memory.ts';

/** Everything of one run. */
export interface DisplayReport {
  readonly figures: readonly Figure[];
  readonly memory: readonly { readonly name: string; readonly line: MemoryLine }[];
  /** The machine's load, averaged over a minute, right before. */
  readonly load: number;
}

/** Writes the table, the plot and the raw figures of a whole run. */
export async function writeDisplayReport(report: DisplayReport): Promise<void> {
  await writeFiles({
    'display.md': renderReport(report),
    'display.svg': renderMemory(report.memory),
    'display.json': `${JSON.stringify(report, undefined, 2)}\n`,
  });
}

function renderMemory(memory: DisplayReport['memory']): string {
  const last = Math.max(...memory.flatMap(({ line }) => line.map(({ seconds }) => seconds)));
  return renderPlot({
    label: 'seconds',
    marks: Array.from({ length: Math.floor(last) + 1 }, (_, second) => second),
    logarithmic: false,
    lines: memory.map(({ name, line }) => ({
      name: `${name}, MiB`,
      points: line.map(({ seconds, mib }) => ({ x: seconds, y: mib })),
    })),
  });
}

function renderReport({ figures, load }: DisplayReport): string {
  return `# Display

Made by \`npm run bench -- display\`: everything in one run, contenders by turns. Measured on ${machine()},
at a load of ${load.toFixed(1)} right before.

${renderFigures(figures)}

![Resident memory with a reader that stops reading](display.svg)

Sallyport is the gateway and, as a process of its own, the unix-socket hop that the agent's tunnel is; both are
counted. Debian's websockify (with numpy) talks to the display itself.

- **Click to update**: a real Xvnc at 120 frames a second; from a click at another place to the last byte of the
  pixels that changed. Added is the median minus the median of a viewer on Xvnc's own socket.
- **CPU**: frames of 16.7 kB, 60 a second, and a pointer event every 100 ms, in each session; program and kernel
  time of all processes, median of five rounds of 15 s.
- **Memory**: one viewer stops reading after ${STALL_AT_S} s while the display sends as fast as it is let, up to
  1 GiB. Resident memory of all processes.
`;
}
