import { Alert, Stack, Text, Title } from '@mantine/core';
import { useApi } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { texts } from '../texts.ts';

/** Interfaces and addresses as the kernel has them, and what the doctor finds. */
export function HostPage() {
  const host = useApi('showHost', {}, { live: true });
  const findings = useApi('doctor', {});
  return (
    <Page title={texts.host.title}>
      <Stack gap="xs">
        <Title order={2}>{texts.host.doctor}</Title>
        <Loaded query={findings}>
          {(all) => {
            const wrong = all.filter(({ level }) => level !== 'ok');
            if (wrong.length === 0) return <Alert color="teal">{texts.host.allWell}</Alert>;
            return wrong.map(({ check, level, message, remedy }) => (
              <Alert
                key={`${check} ${message}`}
                color={level === 'error' ? 'red' : 'yellow'}
                title={check}
              >
                {message} {remedy}
              </Alert>
            ));
          }}
        </Loaded>
      </Stack>
      <Stack gap="xs">
        <Title order={2}>{texts.host.interfaces}</Title>
        <Loaded query={host}>
          {({ interfaces }) => (
            <DataTable
              label={texts.host.interfaces}
              rows={interfaces.flatMap((one) =>
                one.addresses.map((address) => ({ ...address, one })),
              )}
              keyOf={({ one, address }) => `${one.name} ${address}`}
              empty={texts.nothing}
              columns={[
                {
                  head: texts.host.interfaceName,
                  show: ({ one }) => <b>{one.name}</b>,
                  text: ({ one }) => one.name,
                },
                {
                  head: texts.host.address,
                  show: ({ address, prefix }) => (
                    <span className="mono">{`${address}/${prefix}`}</span>
                  ),
                  text: ({ address }) => address,
                },
                {
                  head: texts.host.usable,
                  show: ({ egress, reason }) =>
                    egress ? (
                      texts.host.yes
                    ) : (
                      <Text size="sm" className="quiet">
                        {reason}
                      </Text>
                    ),
                  text: ({ egress, reason }) => (egress ? texts.host.yes : reason),
                },
                {
                  head: texts.host.networks,
                  show: ({ networks }) => networks.join(', '),
                  text: ({ networks }) => networks.join(' '),
                },
                { head: texts.host.role, show: ({ one }) => one.role, text: ({ one }) => one.role },
                {
                  head: texts.host.link,
                  show: ({ one }) => (one.up ? texts.host.up : texts.host.down),
                },
                {
                  head: texts.host.gateways,
                  show: ({ one }) => <span className="mono">{one.gateways.join(', ')}</span>,
                },
              ]}
            />
          )}
        </Loaded>
      </Stack>
    </Page>
  );
}
