import { Group, Stack, Text, Title } from '@mantine/core';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/page.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

/** What the guard has stopped, by reason: attempts to leave by another way. */
export function Drops() {
  const host = useApi('showHost', {}, { live: true });
  const drops = Object.entries(host.data?.drops ?? {}).filter(([, { packets }]) => packets > 0);
  if (host.data === undefined) return null;
  return (
    <section className="panel drops" aria-label={texts.egress.drops}>
      <Title order={2}>{texts.egress.drops}</Title>
      {drops.length === 0 ? (
        <Text size="sm" className="quiet">
          {texts.egress.noDrops}
        </Text>
      ) : (
        <Group gap="xl">
          {drops.map(([reason, { packets }]) => (
            <div key={reason}>
              <Text fz="1.4rem" fw={600}>
                {packets.toLocaleString()}
              </Text>
              <Text size="xs" className="quiet">
                {reason}
              </Text>
            </div>
          ))}
        </Group>
      )}
    </section>
  );
}

/** The newest events of the agent. */
export function Events() {
  const events = useApi('networkEvents', { query: { limit: 50 } }, { live: true });
  return (
    <Stack gap="xs">
      <Title order={2}>{texts.egress.events}</Title>
      <Loaded query={events}>
        {(items) => (
          <DataTable
            label={texts.egress.events}
            rows={items}
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
