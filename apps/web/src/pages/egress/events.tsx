import { Stack, Title } from '@mantine/core';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/page.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

interface EventsProps {
  /** Left out: those of all. */
  readonly network?: string;
}

/** The newest events of the agent, the last one first. */
export function Events({ network }: EventsProps) {
  const query = { limit: 50, ...(network !== undefined && { network }) };
  const events = useApi('networkEvents', { query }, { live: true });
  return (
    <Stack gap="xs">
      <Title order={2}>{texts.egress.events}</Title>
      <Loaded query={events}>
        {(items) => (
          <DataTable
            label={texts.egress.events}
            rows={items.toReversed()}
            keyOf={({ id }) => id}
            empty={texts.egress.noEvents}
            columns={[
              {
                head: texts.audit.time,
                show: ({ at }) => <span className="nowrap">{showTime(at)}</span>,
              },
              {
                head: texts.audit.what,
                show: ({ message }) => message,
                text: ({ message }) => message,
              },
              {
                head: texts.audit.who,
                show: ({ actor, reason }) => <span className="quiet">{actor ?? reason}</span>,
                text: ({ actor, reason }) => actor ?? reason,
              },
            ]}
          />
        )}
      </Loaded>
    </Stack>
  );
}
