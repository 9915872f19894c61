import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { texts } from '../../texts.ts';

const EVERY_MS = 5_000;
const TIME_OUT_MS = 4_000;
/** The middle one of so many is shown: a single slow answer is not a slow connection. */
const KEPT = 5;
/** Up to here typing feels immediate, and up to there it can be worked with; in milliseconds. */
const GOOD_MS = 80;
const FAIR_MS = 200;

type Quality = keyof typeof texts.desktop.connection.words;

/** Pure. @param trips milliseconds there and back, the newest last; Infinity: no answer */
export function judge(trips: readonly number[]): {
  readonly ms: number;
  readonly quality: Quality;
} {
  const sorted = trips.toSorted((a, b) => a - b);
  const ms = sorted[sorted.length >> 1] ?? Infinity;
  if (ms <= GOOD_MS) return { ms, quality: 'good' };
  return { ms, quality: ms <= FAIR_MS ? 'fair' : 'poor' };
}

/** How long the server takes to answer from here: a sign of three states, with its number. */
export function Connection() {
  const [trips, setTrips] = useState<readonly number[]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    const measure = async (): Promise<void> => {
      const begun = performance.now();
      const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(TIME_OUT_MS)]);
      const answers = await fetch('/healthz', { cache: 'no-store', signal })
        .then(({ ok }) => ok)
        .catch(() => false);
      if (leaving.signal.aborted) return;
      const trip = answers ? performance.now() - begun : Infinity;
      setTrips((before) => [...before.slice(1 - KEPT), trip]);
    };
    void measure();
    const timer = setInterval(() => void measure(), EVERY_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, []);
  if (trips.length === 0) return null;
  const { ms, quality } = judge(trips);
  const { label, words, milliseconds } = texts.desktop.connection;
  return (
    <Text size="xs" className={`connection ${quality}`} title={label}>
      <span aria-hidden>●</span> {words[quality]}
      {Number.isFinite(ms) && ` ${milliseconds(Math.round(ms))}`}
    </Text>
  );
}
