import { Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { NetworkView } from '@sallyport/contract/network';
import { useApi, useMay } from '../../api/use-api.ts';
import { texts } from '../../texts.ts';
import { Chains } from './chains.tsx';
import type { Use } from './lay-out-ways.ts';
import { useRates } from './use-rates.ts';
import { Ways } from './ways.tsx';

/** Who leaves where, with what goes by now; on phones as lines of text, since the drawing is wide. */
export function Picture({ networks }: { readonly networks: readonly NetworkView[] }) {
  const may = useMay();
  const isNarrow = useMediaQuery('(max-width: 48em)');
  const sessions = useApi(
    'listSessions',
    { query: { all: 'true', limit: 500 } },
    { live: true, enabled: may('sessions.read') },
  );
  const rates = useRates(null).at(-1)?.rates;
  const counts = new Map<string, number>();
  for (const { network, state } of sessions.data?.items ?? []) {
    if (state === 'running') counts.set(network, (counts.get(network) ?? 0) + 1);
  }
  const useOf = (network: string): Use => ({
    sessions: counts.get(network) ?? 0,
    rate: rates?.get(network) ?? null,
  });
  return (
    <section className="panel" aria-label={texts.egress.picture}>
      <Title order={2} px="md" pt="sm">
        {texts.egress.picture}
      </Title>
      {isNarrow ? (
        <Chains networks={networks} useOf={useOf} />
      ) : (
        <Ways networks={networks} useOf={useOf} />
      )}
      <Text component="ul" px="xl" pb="sm" size="sm" className="warning">
        {networks
          .filter(({ state }) => state !== 'Ready')
          .map(({ name, reason, remedy }) => (
            <li key={name}>
              {name}: {[reason, remedy].filter((part) => part !== '').join('; ')}
            </li>
          ))}
      </Text>
    </section>
  );
}
