import { Group, Select } from '@mantine/core';

/** What a list is narrowed to: values by heads of columns. */
export type Narrowed = Readonly<Record<string, string>>;

/** A column by whose values a list can be narrowed. */
export interface Filter<T> {
  readonly head: string;
  readonly filter?: (row: T) => string;
}

/** Pure. The rows that have all the values. */
export function narrow<T>(
  rows: readonly T[],
  filters: readonly Filter<T>[],
  to: Narrowed,
): readonly T[] {
  return rows.filter((row) =>
    filters.every(({ head, filter }) => {
      const value = to[head];
      return value === undefined || filter === undefined || filter(row) === value;
    }),
  );
}

interface ListFiltersProps<T> {
  readonly rows: readonly T[];
  readonly filters: readonly Filter<T>[];
  readonly to: Narrowed;
  readonly onNarrow: (to: Narrowed) => void;
}

/** A choice for each column of which rows have different values. */
export function ListFilters<T>({ rows, filters, to, onNarrow }: ListFiltersProps<T>) {
  const choices = filters.flatMap(({ head, filter }) => {
    const values = filter === undefined ? [] : [...new Set(rows.map(filter))].toSorted();
    return values.length > 1 || to[head] !== undefined ? [{ head, values }] : [];
  });
  if (choices.length === 0) return null;
  return (
    <Group gap="sm">
      {choices.map(({ head, values }) => (
        <Select
          key={head}
          maw={200}
          aria-label={head}
          placeholder={head}
          clearable
          data={values}
          value={to[head] ?? null}
          onChange={(value) => {
            const { [head]: _, ...rest } = to;
            onNarrow(value === null ? rest : { ...rest, [head]: value });
          }}
        />
      ))}
    </Group>
  );
}
