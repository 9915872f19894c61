import { Alert, Text } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { useApi } from '../../api/use-api.ts';
import { showBytes } from '../../parts/amount.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';

const words = texts.egress.network;

/** How a network stands, and what it is. */
export function NetworkFacts({ network }: { readonly network: NetworkView }) {
  const counters = useApi('networkCounters', { query: { network: network.name } }, { live: true });
  const [traffic] = counters.data?.networks ?? [];
  const { state, reason, remedy, conditions, egress, destinations, bandwidth } = network;
  const told = conditions.filter(({ ok }) => !ok);
  const rate = (limit: number | null): string =>
    limit === null ? words.unlimited : words.bits(limit);
  const facts: readonly (readonly [string, string])[] = [
    [texts.egress.leavesBy, [...egress.ipv4, ...egress.ipv6].join(', ')],
    [words.assign, words.assigns[network.assign]],
    [words.fallback, network.fallback.join(', ')],
    [texts.egress.uplink, [network.uplink, network.uplink6].filter(Boolean).join(', ')],
    [words.gateway, [network.nextHop, network.nextHop6].filter(Boolean).join(', ')],
    [texts.egress.subnet, [network.subnet, network.subnet6].filter(Boolean).join(', ')],
    [words.bridge, network.bridge],
    [words.dns, network.dns.join(', ')],
    [words.destinations, [destinations.preset, ...destinations.allow].join(', ')],
    [texts.egress.fields.deny.label, destinations.deny.join(', ')],
    [words.strict, network.strict ? words.yes : words.no],
    [words.limits, `${rate(bandwidth.upload)}, ${rate(bandwidth.download)}`],
    [words.sent, traffic === undefined ? '' : showBytes(traffic.sent.bytes)],
    [words.received, traffic === undefined ? '' : showBytes(traffic.received.bytes)],
    [words.flows, traffic === undefined ? '' : traffic.flows.toLocaleString()],
  ];
  return (
    <section className="panel drops" aria-label={texts.state}>
      <StateBadge state={state} />
      {state !== 'Ready' && (
        <Text className="warning" py={6}>
          {reason} {remedy}
        </Text>
      )}
      {told.map(({ type, message, remedy: mend }) => (
        <Alert key={`${type} ${message}`} color="yellow" my={6} title={type}>
          {message} {mend}
        </Alert>
      ))}
      <dl className="figures">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
