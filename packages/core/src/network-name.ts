/** The name of an egress network, which is also the name of its Docker network. */
export type NetworkName = string & { readonly __brand: 'NetworkName' };
/** The name of a Linux network interface: at most 15 bytes (IFNAMSIZ - 1). */
export type InterfaceName = string & { readonly __brand: 'InterfaceName' };

/** Why a name can't be used: a sentence for a person, without the field's name. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

/** IFNAMSIZ in linux/if.h is 16 with the closing zero. */
export const INTERFACE_NAME_LIMIT = 15;
const NAME_LIMIT = 63;
/** Docker's own rule for names of networks (moby `restrictedNameChars`). */
const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Docker's own networks, and the names that mean something else below /proc/sys/net/ipv4/conf. */
const RESERVED = new Set(['bridge', 'host', 'none', 'default', 'ingress', 'all', 'lo', 'docker0']);

/** @throws NameError */
export function parseNetworkName(text: string): NetworkName {
  if (text === '') throw new NameError('is empty');
  if (text.length > NAME_LIMIT) {
    throw new NameError(`has ${text.length} characters; at most ${NAME_LIMIT} are allowed`);
  }
  if (!NAME_PATTERN.test(text)) {
    throw new NameError(
      'must begin with a letter or digit and go on with letters, digits, "_", "." or "-"',
    );
  }
  if (RESERVED.has(text)) throw new NameError('is reserved; choose another name');
  return text as NetworkName;
}

/** Takes a name that the kernel or Docker gave us as it is. */
export function interfaceName(text: string): InterfaceName {
  return text as InterfaceName;
}

/**
 * The bridge's name: the network's name where it fits into 15 characters, otherwise its first ten
 * characters, "-", and four hexadecimal digits of a hash of the whole name.
 */
export function bridgeNameFor(name: NetworkName): InterfaceName {
  if (name.length <= INTERFACE_NAME_LIMIT) return interfaceName(name);
  return interfaceName(`${name.slice(0, 10)}-${fnv1a16(name)}`);
}

/** FNV-1a folded to 16 bits: spreads names, protects nothing; collisions are refused by the caller. */
function fnv1a16(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return ((hash >>> 16) ^ (hash & 0xffff)).toString(16).padStart(4, '0');
}
