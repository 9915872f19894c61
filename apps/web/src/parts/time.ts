/**
 * A time in the reader's own zone, such as 2026-11-23 17:44:05: as ISO 8601 has it, which nobody takes for another
 * day, and which sorts. @param at milliseconds since 1970
 */
export function showTime(at: number): string {
  // Swedish is written so; there is no name for the format itself.
  return new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
}
