import type { ArrivalFilter, ArrivalReport, WanService } from './arrival.ts';

/** A filter as the query part of a URL. */
export function renderArrivalFilter(filter: ArrivalFilter): URLSearchParams {
  const pairs = Object.entries(filter).filter(([, value]) => value !== undefined);
  return new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)]));
}

/** The filter that `renderArrivalFilter` has written. */
export function parseArrivalFilter(query: URLSearchParams): ArrivalFilter {
  const time = (key: string): Record<string, number> => {
    const value = query.get(key);
    return value === null ? {} : { [key]: Number(value) };
  };
  const text = (key: string): Record<string, string> => {
    const value = query.get(key);
    return value === null ? {} : { [key]: value };
  };
  const service = query.get('service') as WanService | null;
  return {
    ...time('since'),
    ...time('until'),
    ...text('tag'),
    ...text('source'),
    ...(service === null ? {} : { service }),
  };
}

/**
 * Reads an answer of the control socket.
 *
 * @throws Error when it is not a report.
 */
export function parseArrivalReport(value: unknown): ArrivalReport {
  const report = value as Partial<ArrivalReport> | null;
  if (
    !Array.isArray(report?.arrivals) ||
    typeof report.forgotten !== 'number' ||
    typeof report.forgottenUntil !== 'number'
  ) {
    throw new Error('the machine beyond gave no report of arrivals');
  }
  return report as ArrivalReport;
}
