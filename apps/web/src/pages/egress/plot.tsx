import { showTime } from '../../parts/time.ts';

const WIDTH = 640;
const HEIGHT = 120;

/** A line of the plot. */
export interface Line {
  readonly name: string;
  /** Of the style sheet. */
  readonly className: string;
  readonly values: readonly number[];
}

interface PlotProps {
  readonly label: string;
  /** Epoch milliseconds of each value. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** A value for people. */
  readonly show: (value: number) => string;
}

/** Lines over time, with one scale from 0 to the highest value. */
export function Plot({ label, times, lines, show }: PlotProps) {
  const top = Math.max(1, ...lines.flatMap(({ values }) => values));
  const begin = times[0] ?? 0;
  const span = Math.max((times.at(-1) ?? 0) - begin, 1);
  const points = (values: readonly number[]): string =>
    values
      .map((value, index) => {
        const x = (((times[index] ?? begin) - begin) / span) * WIDTH;
        return `${x.toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`;
      })
      .join(' ');
  return (
    <figure className="plot">
      <figcaption>
        <b>{label}</b>
        {lines.map(({ name, className, values }) => (
          <span key={name} className={className}>
            {name} {show(values.at(-1) ?? 0)}
          </span>
        ))}
        <span className="quiet">{show(top)}</span>
      </figcaption>
      <svg viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img">
        <title>{label}</title>
        {lines.map(({ name, className, values }) => (
          <polyline key={name} className={className} points={points(values)} />
        ))}
      </svg>
      <div className="quiet">
        <span>{times.length === 0 ? '' : showTime(begin)}</span>
        <span>{times.length === 0 ? '' : showTime(times.at(-1) ?? begin)}</span>
      </div>
    </figure>
  );
}
