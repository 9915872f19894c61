import { useState } from 'react';

/** Which rows of a list are chosen. */
interface Chosen<T> {
  readonly rows: readonly T[];
  readonly has: (row: T) => boolean;
  readonly set: (rows: readonly T[], chosen: boolean) => void;
}

/**
 * Rows stay chosen while they change, and are not any more when they are gone; one that a search hides is not
 * chosen while it is hidden, so that nothing is done with what nobody sees.
 */
export function useChosen<T>(shown: readonly T[], keyOf: (row: T) => string): Chosen<T> {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  return {
    rows: shown.filter((row) => keys.has(keyOf(row))),
    has: (row) => keys.has(keyOf(row)),
    set: (rows, chosen) => {
      const named = new Set(rows.map(keyOf));
      const others = [...keys].filter((key) => !named.has(key));
      setKeys(new Set(chosen ? [...others, ...named] : others));
    },
  };
}
