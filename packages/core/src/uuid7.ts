/**
 * A UUID of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then random. Sorts by time.
 * @param now epoch milliseconds
 * @param random 16 bytes
 */
export function uuid7(now: number, random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(now / 256 ** (5 - index)) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
