import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlowRecord, FlowStore, Peer } from '../ports/flows.ts';
import { formatRecord, needleOf, parseRecord } from './flow-record-text.ts';
import { LineBuffer } from './line-buffer.ts';
import { linesBackwards } from './lines-backwards.ts';

/** How much of flows is kept. */
export interface FlowRetention {
  readonly megabytes: number;
  readonly days: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MEGABYTE = 1024 * 1024;
const SEGMENT_LIMIT = 8 * MEGABYTE;
const NAME = /^(\d{13})\.jsonl$/;

interface Segment {
  readonly path: string;
  /** Epoch milliseconds of its first record. */
  readonly from: number;
}

/**
 * Flows as JSON lines, in files named by the time of their first line: a new one each day (UTC), and
 * after 8 MiB. Nothing is ever changed; the oldest files are removed whole.
 */
export function createFlowSegments(folder: string, retention: FlowRetention): FlowStore {
  const lines = new LineBuffer();
  /** Of the first line that waits. */
  let from: number | null = null;
  let current: (Segment & { size: number }) | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (from === null) return;
    const at = from;
    const text = lines.take();
    from = null;
    if (current === null || current.size > SEGMENT_LIMIT || !sameDay(current.from, at)) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeOld(folder, { retention, now: at });
      current = await newSegment(folder, at);
    }
    const file = await open(current.path, 'a', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
      current.size += text.length;
    } catch (error) {
      // A line that was torn by a full disk must not swallow the next one.
      current = null;
      throw error;
    } finally {
      await file.close();
    }
  };

  return {
    get waiting() {
      return lines.waiting;
    },

    add(record) {
      from ??= record.at;
      lines.add(formatRecord(record));
    },

    flush() {
      const done = writing.then(write);
      writing = done.catch(() => undefined);
      return done;
    },

    async *read(wanted) {
      await writing;
      for (const { path } of (await segmentsIn(folder)).toReversed()) {
        yield* readSegment(path, wanted);
      }
    },
  };
}

function sameDay(a: number, b: number): boolean {
  return Math.floor(a / DAY_MS) === Math.floor(b / DAY_MS);
}

/** Each start of the agent has a file of its own, so that a line that a crash has torn stays the last. */
async function newSegment(folder: string, at: number): Promise<Segment & { size: number }> {
  const last = (await segmentsIn(folder)).at(-1);
  const from = Math.max(Math.floor(at), (last?.from ?? 0) + 1);
  return { path: join(folder, `${String(from).padStart(13, '0')}.jsonl`), from, size: 0 };
}

/** Oldest first. */
async function segmentsIn(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((name) => {
      const from = NAME.exec(name)?.[1];
      return from === undefined ? [] : [{ path: join(folder, name), from: Number(from) }];
    })
    .toSorted((a, b) => a.from - b.from);
}

/** Makes room for one more segment. */
async function removeOld(
  folder: string,
  { retention, now }: { readonly retention: FlowRetention; readonly now: number },
): Promise<void> {
  const segments = await segmentsIn(folder);
  const oldest = now - retention.days * DAY_MS;
  let room = retention.megabytes * MEGABYTE - SEGMENT_LIMIT;
  for (const [index, { path }] of [...segments.entries()].toReversed()) {
    const until = segments[index + 1]?.from ?? now;
    room -= (await stat(path)).size;
    if (room < 0 || until < oldest) await rm(path);
  }
}

/** In pieces: the newest flows are at the end, and most of the file is older than what is asked for. */
async function* readSegment(
  path: string,
  wanted: Partial<Peer>,
): AsyncGenerator<readonly FlowRecord[]> {
  const needle = needleOf(wanted);
  try {
    for await (const lines of linesBackwards(path)) {
      // Before anything is parsed: almost no line is of the address and port that is asked for.
      const near = lines.filter((line) => line.includes(needle) || line.startsWith('{"gap"'));
      yield near.flatMap((line) => {
        const record = parseRecord(line);
        return record !== null && concerns(record, wanted) ? [record] : [];
      });
    }
  } catch (error) {
    // Removed in the meantime, since it was the oldest.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function concerns(record: FlowRecord, { address, port }: Partial<Peer>): boolean {
  if (record.kind === 'gap') return true;
  return [record.flow.source, record.flow.leaving].some(
    (peer) =>
      (address === undefined || peer.address === address) &&
      (port === undefined || peer.port === port),
  );
}
