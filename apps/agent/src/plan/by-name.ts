const indexes = new WeakMap<readonly object[], ReadonlyMap<string, unknown>>();

/**
 * A list that is never changed, by name; of two with one name the first. Made once for each list: every
 * network asks the same list of 1,000, and a search for each would be a million comparisons.
 */
export function byName<T extends { readonly name: string }>(
  items: readonly T[],
): ReadonlyMap<string, T> {
  const known = indexes.get(items) as ReadonlyMap<string, T> | undefined;
  if (known !== undefined) return known;
  const index = new Map<string, T>();
  for (const item of items) if (!index.has(item.name)) index.set(item.name, item);
  indexes.set(items, index);
  return index;
}
