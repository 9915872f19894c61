import { Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { texts } from '../../texts.ts';
import { isWanted, NetworkAhead, useNetworkAhead } from '../egress/network-ahead.tsx';
import { bodyOf, documentOf, draftOf } from '../egress/network-draft.ts';

const words = texts.setup.network;
const { gateway: gatewayWords, dns: dnsWords } = texts.egress.fields;

interface NetworkStepProps {
  readonly address: string;
  readonly onBack: () => void;
}

/** Says what will be done, as the agent itself has worked it out, before it can be done. */
export function NetworkStep({ address, onBack }: NetworkStepProps) {
  const [draft, setDraft] = useState({ ...draftOf(null), address });
  const { change, error } = useNetworkAhead(draft, null);
  const make = useChange('createNetwork');
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    const { egress } = bodyOf(draft);
    make.mutate({ body: { ...documentOf(draft, null), egress } });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <Text size="sm">{words.help(address)}</Text>
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          <TextInput
            label={texts.name}
            description={words.nameHelp}
            placeholder={texts.egress.networkExample}
            required
            value={draft.name}
            onChange={({ currentTarget }) => setDraft({ ...draft, name: currentTarget.value })}
          />
          <TextInput
            label={gatewayWords.label}
            description={gatewayWords.help}
            value={draft.gateway}
            onChange={({ currentTarget }) => setDraft({ ...draft, gateway: currentTarget.value })}
          />
          <TagsInput
            label={dnsWords.label}
            description={dnsWords.help}
            value={[...draft.dns]}
            onChange={(dns) => setDraft({ ...draft, dns })}
          />
        </SimpleGrid>
        {error === null && <NetworkAhead draft={draft} change={change} isNew />}
        <ProblemNote error={make.error ?? error} />
        <Group>
          <Button type="submit" disabled={!isWanted(change, true)} loading={make.isPending}>
            {words.make}
          </Button>
          <Button variant="default" onClick={onBack}>
            {words.back}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
