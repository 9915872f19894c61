/** As `npm run image` names it. */
const DESKTOP = 'sallyport/desktop';

/** Pure: as Docker reads a name, without a tag it is `latest`; a port of a registry is no tag. */
function withTag(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return /[:@]/.test(last) ? name : `${name}:latest`;
}

/** Pure: whether Docker has it by this name. @param names as Docker lists them */
export function isOnHost(name: string, names: readonly string[]): boolean {
  return names.includes(withTag(name.trim()));
}

/** Pure: the desktop image as the host has it, or the name that it would have. */
export function nameToOffer(names: readonly string[]): string {
  const latest = `${DESKTOP}:latest`;
  if (names.includes(latest)) return latest;
  return names.find((name) => name.startsWith(`${DESKTOP}:`)) ?? latest;
}
