/** Limits of a network in bits per second, as its containers see them; null: not limited. */
export interface Bandwidth {
  readonly upload: number | null;
  readonly download: number | null;
}

export const UNLIMITED: Bandwidth = { upload: null, download: null };

/** A limit must hold a packet of 64 KiB; below this that would be many seconds at once. */
export const LOWEST_RATE = 256_000;
/** 100 Gbit/s: above this no limit of a token bucket means anything. */
export const HIGHEST_RATE = 100_000_000_000;

/** Decimal, as tc(8) and whoever sells lines count. */
const UNITS = { gbit: 1e9, mbit: 1e6, kbit: 1e3, bit: 1 } as const;

/** Reads `20mbit` or `1.5gbit` as bits per second; null where it is something else. */
export function parseBitRate(text: string): number | null {
  const [, number = '', unit = ''] =
    /^(\d{1,12}(?:\.\d{1,9})?)(bit|kbit|mbit|gbit)$/.exec(text) ?? [];
  if (number === '') return null;
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
}

/** In the largest unit in which it is a short number. */
export function formatBitRate(rate: number): string {
  for (const [unit, size] of Object.entries(UNITS)) {
    const value = rate / size;
    if (value >= 1 && Number.isInteger(value * 1000)) return `${value}${unit}`;
  }
  return `${rate}bit`;
}
