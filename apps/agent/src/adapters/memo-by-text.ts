/**
 * Parses a text, unless it is the one that was parsed last. Most looks at the host find what the one
 * before found; comparing two texts of half a megabyte costs nothing beside parsing one.
 * @param parse pure; its result is shared and must not be changed
 */
export function memoByText<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly parsed: T } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, parsed: parse(text) };
    return last.parsed;
  };
}
