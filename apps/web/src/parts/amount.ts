const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes for people, in steps of 1,000: `1.5 MB`. */
export function showBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const amount = (bytes / 1000 ** step).toLocaleString([], { maximumFractionDigits: 1 });
  return `${amount} ${UNITS[step]}`;
}
