import { useEffect, useState } from 'react';
import { useApi } from '../../api/use-api.ts';
import { ratesBetween, type Reading, type Sample } from './rates.ts';

/** How often counters are read while somebody looks: the agent lists every living connection for it. */
const EVERY_MS = 3_000;
/** A quarter of an hour. */
const MOST_SAMPLES = 300;

/** Rates since the page was opened, the newest last. @param network null: of all */
export function useRates(network: string | null): readonly Sample[] {
  const query = network === null ? {} : { network };
  const { data, dataUpdatedAt } = useApi('networkCounters', { query }, { everyMs: EVERY_MS });
  const [history, setHistory] = useState<{
    readonly last: Reading | null;
    readonly samples: readonly Sample[];
  }>({ last: null, samples: [] });
  useEffect(() => {
    if (data === undefined) return;
    const now: Reading = { at: dataUpdatedAt, networks: data.networks };
    setHistory(({ last, samples }) => {
      if (last === null || last.at === now.at) return { last: now, samples };
      const sample = ratesBetween(last, now);
      return { last: now, samples: [...samples.slice(1 - MOST_SAMPLES), sample] };
    });
  }, [data, dataUpdatedAt]);
  return history.samples;
}
