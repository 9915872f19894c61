import { Alert, Button, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { texts } from '../../texts.ts';

const words = texts.setup.network;

interface NetworkStepProps {
  readonly address: string;
  readonly onBack: () => void;
}

/** Says what will be done, as the agent itself has worked it out, and does just that. */
export function NetworkStep({ address, onBack }: NetworkStepProps) {
  const [name, setName] = useState('');
  const [gateway, setGateway] = useState('');
  const [dns, setDns] = useState<string[]>([]);
  const ahead = useChange('applyNetworks');
  const make = useChange('applyNetworks');
  const network = {
    name,
    egress: { ipv4: [address] },
    gateway: gateway.trim() === '' ? null : gateway.trim(),
    // Name servers that nobody has named are those of the agent.
    dns: dns.length > 0 ? dns : null,
  };
  const document = { networks: [network] };
  const planned = ahead.data?.changes.find((change) => change.network === name);
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    make.reset();
    if (planned === undefined) ahead.mutate({ body: { document, dryRun: true } });
    else make.mutate({ body: { document } });
  };
  /** What was said does not hold for another wish. */
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T): void => {
      set(value);
      ahead.reset();
      make.reset();
    };
  const setText = (set: (value: string) => void) => {
    const change = changing(set);
    return ({ currentTarget }: SyntheticEvent<HTMLInputElement>): void =>
      change(currentTarget.value);
  };
  const { gateway: gatewayWords, dns: dnsWords } = texts.egress.fields;
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
            value={name}
            onChange={setText(setName)}
          />
          <TextInput
            label={gatewayWords.label}
            description={gatewayWords.help}
            value={gateway}
            onChange={setText(setGateway)}
          />
          <TagsInput
            label={dnsWords.label}
            description={dnsWords.help}
            value={dns}
            onChange={changing(setDns)}
          />
        </SimpleGrid>
        {planned !== undefined && (
          <Alert role="note" title={words.actions(planned.action)}>
            <p className="lead">{texts.egress.plan(name, address)}</p>
            <ul className="plan mono">
              {planned.details.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </Alert>
        )}
        <ProblemNote error={ahead.error ?? make.error} />
        <Group>
          <Button type="submit" loading={ahead.isPending || make.isPending}>
            {planned === undefined ? words.ahead : words.make}
          </Button>
          <Button variant="default" onClick={onBack}>
            {words.back}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
