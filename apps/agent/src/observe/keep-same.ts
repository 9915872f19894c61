/**
 * What was seen before, where what is seen now holds the same: then all that was decided of it still
 * holds, and can be recognised by identity. Compares one level deep, in the order of the entries.
 */
export function keepSame<T extends object>(before: T | null, now: T): T {
  if (before === null) return now;
  const [keysBefore, keys] = [Object.keys(before), Object.keys(now)];
  const isSame =
    keysBefore.length === keys.length &&
    keys.every(
      (key, index) =>
        key === keysBefore[index] && Object.is(now[key as keyof T], before[key as keyof T]),
    );
  return isSame ? before : now;
}
