/** A time for people, in their own zone. @param at milliseconds since 1970 */
export function showTime(at: number): string {
  return new Date(at).toLocaleString([], { dateStyle: 'short', timeStyle: 'medium' });
}
