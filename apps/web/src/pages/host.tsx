import { Accordion, Alert, Stack, Text, Title } from '@mantine/core';
import { useApi } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { texts } from '../texts.ts';
import { HostFacts } from './host/facts.tsx';

/** The host itself, interfaces and addresses as the kernel has them, and what the doctor finds. */
export function HostPage() {
  const host = useApi('showHost', {}, { live: true });
  return (
    <Page title={texts.host.title}>
      <Loaded query={host}>{(view) => <HostFacts host={view} />}</Loaded>
      <Findings />
      <Stack gap="xs">
        <Title order={2}>{texts.host.interfaces}</Title>
        <Loaded query={host}>
          {({ interfaces }) => (
            <DataTable
              label={texts.host.interfaces}
              rows={interfaces
                .toSorted((a, b) => Number(b.role === 'uplink') - Number(a.role === 'uplink'))
                .flatMap((one) => one.addresses.map((address) => ({ ...address, one })))}
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

/** What is wrong with its remedy; what is well behind a count. */
function Findings() {
  const findings = useApi('doctor', {});
  return (
    <Stack gap="xs">
      <Title order={2}>{texts.host.doctor}</Title>
      <Loaded query={findings}>
        {(all) => {
          const passed = all.filter(({ level }) => level === 'ok');
          return (
            <>
              {all
                .filter(({ level }) => level !== 'ok')
                .map(({ check, level, message, remedy }) => (
                  <Alert
                    key={`${check} ${message}`}
                    color={level === 'error' ? 'red' : 'yellow'}
                    title={check}
                  >
                    {message} {remedy}
                  </Alert>
                ))}
              <Accordion variant="contained">
                <Accordion.Item value="passed">
                  <Accordion.Control>{texts.host.passed(passed.length)}</Accordion.Control>
                  <Accordion.Panel>
                    <ul className="plain">
                      {passed.map(({ check, message }) => (
                        <li key={`${check} ${message}`}>{message}</li>
                      ))}
                    </ul>
                  </Accordion.Panel>
                </Accordion.Item>
              </Accordion>
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
