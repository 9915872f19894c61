import { Title } from '@mantine/core';
import { showBytes } from '../../parts/amount.ts';
import { texts } from '../../texts.ts';
import { Plot } from './plot.tsx';
import type { Rate } from './rates.ts';
import { useRates } from './use-rates.ts';

const words = texts.egress.traffic;

/** What a network carries now, and since the page was opened. */
export function Traffic({ network }: { readonly network: string }) {
  const samples = useRates(network);
  const times = samples.map(({ at }) => at);
  const valuesOf = (pick: (rate: Rate) => number): readonly number[] =>
    samples.map(({ rates }) => {
      const rate = rates.get(network);
      return rate === undefined ? 0 : pick(rate);
    });
  return (
    <section className="panel traffic" aria-label={words.title}>
      <Title order={2}>{words.title}</Title>
      {samples.length < 2 ? (
        <p className="quiet">{words.soon}</p>
      ) : (
        <>
          <Plot
            label={words.bytes}
            times={times}
            lines={[
              { name: words.sent, className: 'line-sent', values: valuesOf(({ sent }) => sent) },
              {
                name: words.received,
                className: 'line-received',
                values: valuesOf(({ received }) => received),
              },
            ]}
            show={(value) => words.bySecond(showBytes(value))}
          />
          <Plot
            label={words.flows}
            times={times}
            lines={[
              { name: words.begun, className: 'line-sent', values: valuesOf(({ flows }) => flows) },
            ]}
            show={(value) => words.bySecond(value.toFixed(1))}
          />
        </>
      )}
    </section>
  );
}
