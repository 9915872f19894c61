import { Checkbox, Table, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { texts } from '../texts.ts';
import { type Bulk, BulkBar } from './bulk-bar.tsx';
import { ListFilters, narrow, type Narrowed } from './list-filters.tsx';
import { useChosen } from './use-chosen.ts';

/** A column: its head, what it shows, and the text by which it is sorted and searched. */
export interface Column<T> {
  readonly head: string;
  readonly show: (row: T) => ReactNode;
  readonly text?: (row: T) => string;
  /** The value by which the list can be narrowed; absent: not by this column. */
  readonly filter?: (row: T) => string;
}

interface DataTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly columns: readonly Column<T>[];
  /** What to say, and to do first, where there are no rows. */
  readonly empty: ReactNode;
  /** What can be done with several rows at once; absent: nothing. */
  readonly bulk?: Bulk<T> | undefined;
}

/** By which head a list is sorted, and whether downwards. */
interface Sorted {
  readonly head: string;
  readonly falls: boolean;
}

/** From how many rows on a search helps. */
const SEARCH_FROM = 6;

/**
 * A list that can be searched, and sorted by its heads. On a phone each row is a card (look.css); the
 * roles are written out, since a browser drops those of a table that is not laid out as one.
 */
export function DataTable<T>({ label, rows, keyOf, columns, empty, bulk }: DataTableProps<T>) {
  const [search, setSearch] = useState('');
  const [sorted, setSorted] = useState<Sorted | null>(null);
  const [narrowed, setNarrowed] = useState<Narrowed>({});
  const wanted = search.trim().toLowerCase();
  const found = narrow(rows, columns, narrowed).filter(
    (row) =>
      wanted === '' ||
      columns.some(({ text }) => text?.(row).toLowerCase().includes(wanted) === true),
  );
  const by = columns.find(({ head }) => head === sorted?.head)?.text;
  const rising = by === undefined ? found : found.toSorted((a, b) => by(a).localeCompare(by(b)));
  const shown = sorted?.falls === true ? rising.toReversed() : rising;
  const chosen = useChosen(shown, keyOf);
  if (rows.length === 0) {
    return (
      <div className="panel">
        <Text p="lg" className="quiet">
          {empty}
        </Text>
      </div>
    );
  }
  const all = chosen.rows.length === shown.length && shown.length > 0;
  return (
    <>
      {rows.length >= SEARCH_FROM && (
        <TextInput
          maw={320}
          aria-label={texts.search}
          placeholder={texts.search}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <ListFilters rows={rows} filters={columns} to={narrowed} onNarrow={setNarrowed} />
      {bulk !== undefined && (
        <BulkBar bulk={bulk} chosen={chosen.rows} onDone={() => chosen.set(rows, false)} />
      )}
      <section className="panel scroll list" aria-label={label} tabIndex={0}>
        <Table verticalSpacing={7} horizontalSpacing="md" highlightOnHover role="table">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row" data-head={texts.sortBy}>
              {bulk !== undefined && (
                <Table.Th role="columnheader" className="pick">
                  <Checkbox
                    size="xs"
                    aria-label={texts.bulk.all}
                    checked={all}
                    indeterminate={!all && chosen.rows.length > 0}
                    onChange={() => chosen.set(shown, !all)}
                  />
                </Table.Th>
              )}
              {columns.map(({ head, text }) => (
                <Table.Th key={head} role="columnheader" aria-sort={sortOf(head, sorted)}>
                  {text === undefined ? (
                    head
                  ) : (
                    <button
                      type="button"
                      className="sort"
                      onClick={() =>
                        setSorted({ head, falls: sortOf(head, sorted) === 'ascending' })
                      }
                    >
                      {head}
                    </button>
                  )}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {shown.map((row) => (
              <Table.Tr key={keyOf(row)} role="row">
                {bulk !== undefined && (
                  <Table.Td role="cell" className="pick">
                    <Checkbox
                      size="xs"
                      aria-label={texts.bulk.choose(bulk.nameOf(row))}
                      checked={chosen.has(row)}
                      onChange={({ currentTarget }) => chosen.set([row], currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                {columns.map(({ head, show }) => (
                  <Table.Td key={head} role="cell" data-head={head}>
                    {show(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </>
  );
}

function sortOf(head: string, sorted: Sorted | null): 'ascending' | 'descending' | undefined {
  if (sorted?.head !== head) return undefined;
  return sorted.falls ? 'descending' : 'ascending';
}
