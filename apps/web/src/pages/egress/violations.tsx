import { Badge, Code, Stack, Text, Title } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import type { Violation } from '@sallyport/contract/violations';
import { useApi } from '../../api/use-api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/page.tsx';
import { showTime } from '../../parts/time.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';

const words = texts.egress.violations;

const NETWORK: Column<Violation> = {
  head: texts.egress.flows.network,
  show: ({ network }) =>
    network !== null && <PageLink to={PAGES.network.replace('{id}', network)}>{network}</PageLink>,
  text: ({ network }) => network ?? '',
};

const COLUMNS: readonly Column<Violation>[] = [
  {
    head: words.container,
    show: ({ container }) => <b>{container.name}</b>,
    text: ({ container }) => container.name,
  },
  {
    head: words.way,
    show: ({ kind, message }) => (
      <>
        {words.kinds[kind]}
        <Text size="xs" className="quiet">
          {message}
        </Text>
      </>
    ),
    text: ({ kind, message }) => `${words.kinds[kind]} ${message}`,
  },
  {
    head: texts.state,
    show: ({ blocked }) => (
      <Badge color={blocked ? 'teal' : 'red'} variant="dot" miw="max-content" tt="none">
        {blocked ? words.blocked : words.open}
      </Badge>
    ),
    text: ({ blocked }) => (blocked ? words.blocked : words.open),
  },
  {
    head: words.remedy,
    show: ({ remedy }) => <Code>{remedy}</Code>,
    text: ({ remedy }) => remedy,
  },
  {
    head: words.since,
    show: ({ since }) => <span className="nowrap">{showTime(since)}</span>,
    text: ({ since }) => String(since),
  },
];

interface ViolationsProps {
  /** Left out: those of all. */
  readonly network?: string;
}

/** Containers that may send by another way than their network's, with what ends that. */
export function Violations({ network }: ViolationsProps) {
  const query = { ...(network !== undefined && { network }) };
  const violations = useApi('violations', { query }, { live: true });
  return (
    <Stack gap="xs">
      <Title order={2}>{words.title}</Title>
      <Loaded query={violations}>
        {(items) => (
          <DataTable
            label={words.title}
            rows={items}
            keyOf={({ kind, container, message }) => `${kind} ${container.id} ${message}`}
            empty={words.none}
            columns={network === undefined ? [NETWORK, ...COLUMNS] : COLUMNS}
          />
        )}
      </Loaded>
    </Stack>
  );
}
