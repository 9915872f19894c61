import { Stack, Text, Title } from '@mantine/core';
import type { LeaseView } from '@sallyport/contract/leases';
import { useApi } from '../../api/use-api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/page.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

const words = texts.egress.leases;

const COLUMNS: readonly Column<LeaseView>[] = [
  {
    head: texts.egress.address,
    show: ({ address }) => <span className="mono">{address}</span>,
    text: ({ address }) => address,
  },
  {
    head: words.container,
    show: ({ container }) => <b>{container.name}</b>,
    text: ({ container }) => container.name,
  },
  {
    head: words.inside,
    show: ({ inside }) => <span className="mono">{inside}</span>,
    text: ({ inside }) => inside,
  },
  {
    head: words.since,
    show: ({ since }) => <span className="nowrap">{showTime(since)}</span>,
    text: ({ since }) => String(since),
  },
  {
    head: texts.state,
    show: ({ gone }) =>
      gone === null ? (
        words.runs
      ) : (
        <Text size="sm" className="quiet">
          {words.gone(showTime(gone))}
        </Text>
      ),
  },
];

/** Which container has which address for itself, on a network that gives each its own. */
export function Leases({ network }: { readonly network: string }) {
  const leases = useApi('networkLeases', { query: { network } }, { live: true });
  return (
    <Stack gap="xs">
      <Title order={2}>{words.title}</Title>
      <Loaded query={leases}>
        {(items) => (
          <DataTable
            label={words.title}
            rows={items}
            keyOf={({ address }) => address}
            empty={words.none}
            columns={COLUMNS}
          />
        )}
      </Loaded>
    </Stack>
  );
}
