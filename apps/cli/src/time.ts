import { badInput } from './show-error.ts';

/** Everything that a written time can mean, in epoch milliseconds, both included. */
export interface TimeRange {
  readonly first: number;
  readonly last: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const EPOCH_MS = /^\d{12,14}$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Reads `12:03`, `12:03:05`, ISO 8601, or epoch milliseconds. Without a zone it is that of this machine; a
 * time without a day is the last one that has been. `12:03` is the whole minute.
 * @param now epoch milliseconds
 * @throws SallyportError `invalid_input`
 */
export function parseTime(flag: string, text: string, now: number): TimeRange {
  const range = EPOCH_MS.test(text) ? exactly(Number(text)) : (clock(text, now) ?? iso(text));
  if (range !== null) return range;
  throw badInput(flag, text, {
    message: 'is not a time',
    remedy: 'give 12:03, 2026-01-31T12:03:05Z, or epoch milliseconds',
  });
}

function exactly(at: number): TimeRange {
  return { first: at, last: at };
}

function clock(text: string, now: number): TimeRange | null {
  const [whole, hours, minutes, seconds] = CLOCK.exec(text) ?? [];
  if (whole === undefined) return null;
  const today = new Date(now).setHours(Number(hours), Number(minutes), Number(seconds ?? 0), 0);
  // Not a day of 24 hours where the clocks change.
  const yesterday = new Date(now - DAY_MS).setHours(
    Number(hours),
    Number(minutes),
    Number(seconds ?? 0),
    0,
  );
  return lasting(today <= now ? today : yesterday, seconds === undefined ? MINUTE_MS : SECOND_MS);
}

function iso(text: string): TimeRange | null {
  const [whole, day, minute, seconds = '', fraction = '', zone = ''] = ISO.exec(text) ?? [];
  if (whole === undefined) return null;
  const at = Date.parse(`${day}T${minute}${seconds}${fraction}${zone}`);
  if (Number.isNaN(at)) return null;
  if (fraction !== '') return exactly(at);
  return lasting(at, seconds === '' ? MINUTE_MS : SECOND_MS);
}

function lasting(first: number, duration: number): TimeRange {
  return { first, last: first + duration - 1 };
}
