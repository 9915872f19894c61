import type { Leak } from '@sallyport/lab/oracle';
import { totalSince } from './load.ts';
import type { Subject, World } from './world.ts';

/** What is written down of one scenario. */
export interface Entry {
  readonly scenario: string;
  /** Epoch milliseconds at which the fault happened. */
  readonly since: number;
  readonly leaks: readonly Leak[];
  /** From the fault to the repair, as seen from outside of the agent. */
  readonly repairMs?: number;
}

type Row = Readonly<Record<string, string | number>>;

/** The table that a file of measurements prints at its end. */
export class Ledger {
  readonly #rows: Row[] = [];

  /** Writes down how a subject's load fared from the fault until now. */
  async write(world: World, subject: Subject, entry: Entry): Promise<void> {
    const { scenario, since, leaks, repairMs } = entry;
    this.#rows.push({
      scenario,
      load: subject.container.name,
      ...(await totalSince(subject, since)),
      leaked: leaks.length,
      'longest silence ms': await longestSilence(world, subject, since),
      'repair ms': repairMs === undefined ? '' : Math.round(repairMs),
    });
  }

  print(): void {
    console.table(this.#rows);
  }
}

/** The longest time in which nothing of the subject's 500 datagrams a second was seen beyond the host. */
async function longestSilence(world: World, subject: Subject, since: number): Promise<number> {
  const filter = { since, destination: subject.target, protocol: 'udp' };
  const times = (await world.lab.capture.packets(filter)).map(({ at }) => at);
  const ordered = [since, ...times.toSorted((one, other) => one - other), Date.now()];
  const gaps = ordered.slice(1).map((at, index) => at - (ordered[index] ?? at));
  return Math.round(Math.max(0, ...gaps));
}
