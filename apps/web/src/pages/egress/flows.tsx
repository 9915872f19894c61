import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { FlowEntry } from '@sallyport/contract/flows';
import { type SubmitEvent, useState } from 'react';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/page.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';
import { planFlowQuery } from './plan-flow-query.ts';

const words = texts.egress.flows;

/** Who used an address, and a port of it, at a time. Nothing is read before somebody asks. */
export function Flows() {
  const [query, setQuery] = useState<ReturnType<typeof planFlowQuery> | null>(null);
  const flows = useApi('networkFlows', { query: query ?? {} }, { enabled: query !== null });
  const ask = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const field = (name: string): string => {
      const value = given.get(name);
      return typeof value === 'string' ? value : '';
    };
    const next = planFlowQuery({
      address: field('address'),
      port: field('port'),
      time: field('time'),
    });
    setQuery(next);
    // The same question again is a new one: meanwhile something may have left.
    if (JSON.stringify(next) === JSON.stringify(query)) void flows.refetch();
  };
  return (
    <Stack gap="xs" component="section" aria-label={words.title}>
      <Title order={2}>{words.title}</Title>
      <form onSubmit={ask}>
        <Group align="end" gap="sm">
          <TextInput name="address" label={words.address} placeholder={words.addressExample} />
          <TextInput name="port" label={words.port} inputMode="numeric" w={110} />
          <TextInput name="time" label={words.time} type="datetime-local" step={1} maw="100%" />
          <Button type="submit" variant="default" loading={flows.isFetching}>
            {words.ask}
          </Button>
        </Group>
      </form>
      {query !== null && <Loaded query={flows}>{(answer) => <Found {...answer} />}</Loaded>}
    </Stack>
  );
}

const end = ({ address, port }: FlowEntry['source']): string =>
  port === null ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
const who = ({ container }: FlowEntry): string => container?.name ?? words.unknown;

function lived({ startedAt, endedAt, endedBefore }: FlowEntry): string {
  const from = startedAt === null ? words.before : showTime(startedAt);
  if (endedAt !== null) return `${from} – ${showTime(endedAt)}`;
  if (endedBefore !== null) return `${from} – ${words.endedBefore(showTime(endedBefore))}`;
  return `${from} – ${words.lives}`;
}

const COLUMNS: readonly Column<FlowEntry>[] = [
  { head: words.container, show: (flow) => <b>{who(flow)}</b>, text: who },
  {
    head: words.leaving,
    show: ({ leaving }) => <span className="mono">{end(leaving)}</span>,
    text: ({ leaving }) => end(leaving),
  },
  {
    head: words.destination,
    show: ({ destination, protocol }) => (
      <span className="mono">
        {end(destination)} {protocol}
      </span>
    ),
    text: ({ destination, protocol }) => `${end(destination)} ${protocol}`,
  },
  { head: words.network, show: ({ network }) => network, text: ({ network }) => network },
  { head: words.lived, show: (flow) => <span className="nowrap">{lived(flow)}</span>, text: lived },
];

function Found({ flows, gaps }: Answer<'networkFlows'>) {
  return (
    <>
      {gaps.length > 0 && (
        <Alert color="yellow" role="note">
          {gaps.map(({ at, reason }) => (
            <Text key={at} size="sm">
              {words.gap(showTime(at), reason)}
            </Text>
          ))}
        </Alert>
      )}
      <DataTable
        label={words.found}
        rows={flows.map((flow, index) => ({ ...flow, index }))}
        keyOf={({ index }) => String(index)}
        empty={words.none}
        columns={COLUMNS}
      />
    </>
  );
}
