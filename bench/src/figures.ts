/** One measured thing beside its target. */
export interface Figure {
  readonly name: string;
  /** What was measured, with its unit. */
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
}

/** A line of a plot: values by number of networks. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly networks: number; readonly value: number }[];
}

/** What one measure has found. */
export interface Measured {
  readonly figures: readonly Figure[];
  /** Connections a second by number of networks, for the plot. */
  readonly series: readonly Series[];
}

/** A ratio that has to be at least, or at most, so much. */
export function ratioFigure(
  name: string,
  ratio: number,
  limit: { readonly atLeast: number } | { readonly atMost: number },
): Figure {
  const atLeast = 'atLeast' in limit;
  const bound = atLeast ? limit.atLeast : limit.atMost;
  return {
    name,
    measured: ratio.toFixed(2),
    target: `${atLeast ? 'at least' : 'at most'} ${bound}`,
    reached: atLeast ? ratio >= bound : ratio <= bound,
  };
}

/** A quantity that has to stay below a limit. */
export function limitFigure(
  name: string,
  value: number,
  { below, unit }: { readonly below: number; readonly unit: string },
): Figure {
  return {
    name,
    measured: `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`,
    target: `below ${below} ${unit}`,
    reached: value < below,
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank. @throws Error when there are no values */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** Something to know for which no target was set. */
export function plainFigure(name: string, measured: string): Figure {
  return { name, measured, target: '', reached: true };
}
