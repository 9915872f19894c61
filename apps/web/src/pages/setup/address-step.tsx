import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import { useState } from 'react';
import { useApi } from '../../api/use-api.ts';
import { Loaded } from '../../parts/page.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';

const words = texts.setup.address;

/** The host's addresses, those that can be egress addresses first, and of the others why they can not. */
export function AddressStep({ onChoose }: { readonly onChoose: (address: string) => void }) {
  const host = useApi('showHost', {}, { live: true });
  const [chosen, setChosen] = useState('');
  return (
    <>
      <Findings />
      <Loaded query={host}>
        {({ interfaces }) => {
          const all = interfaces.flatMap(({ name, addresses }) =>
            addresses
              .filter(({ family }) => family === 'ipv4')
              .map((address) => ({ ...address, on: name })),
          );
          const usable = all.filter(({ egress }) => egress);
          const others = all.filter(({ egress }) => !egress);
          return (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                onChoose(chosen);
              }}
            >
              <Stack gap="sm">
                {usable.length === 0 && <Alert color="yellow">{words.none}</Alert>}
                <Radio.Group label={words.label} value={chosen} onChange={setChosen}>
                  <div className="choices">
                    {[...usable, ...others].map(({ address, prefix, on, egress, reason }) => (
                      <Radio
                        key={`${on} ${address}`}
                        value={address}
                        disabled={!egress}
                        label={
                          <>
                            <span className="mono">{`${address}/${prefix}`}</span> {on}
                          </>
                        }
                        description={egress ? undefined : reason}
                      />
                    ))}
                  </div>
                </Radio.Group>
                <Group>
                  <Button type="submit" disabled={chosen === ''}>
                    {words.go}
                  </Button>
                </Group>
              </Stack>
            </form>
          );
        }}
      </Loaded>
      <MadeByHand />
    </>
  );
}

/** What would make the next steps fail. */
function Findings() {
  const { data = [] } = useApi('doctor', {});
  return data
    .filter(({ level }) => level === 'error')
    .map(({ check, message, remedy }) => (
      <Alert key={`${check} ${message}`} color="red" title={check}>
        {message} {remedy}
      </Alert>
    ));
}

/** Whoever has followed the guide by hand has a network already. */
function MadeByHand() {
  const { data = [] } = useApi('listAdoptable', {});
  if (data.length === 0) return null;
  return (
    <Text size="sm">
      {words.byHand(data.map(({ name }) => name).join(', '))}{' '}
      <PageLink to={PAGES.egress}>{words.adopt}</PageLink>
    </Text>
  );
}
