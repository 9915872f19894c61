import type { NetworkView } from '@sallyport/contract/network';
import type { CallInput } from '../../api/call.ts';

/** What the form holds of a network: texts and lists, as people write them. */
export interface NetworkDraft {
  readonly name: string;
  /** The first address; null: none is chosen yet. */
  readonly address: string | null;
  readonly moreAddresses: readonly string[];
  readonly ipv6: string;
  readonly own: boolean;
  readonly fallback: readonly string[];
  readonly drain: boolean;
  readonly route: NetworkView['route'];
  readonly gateway: string;
  readonly dns: readonly string[];
  readonly preset: NetworkView['destinations']['preset'];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly strict: boolean;
  readonly upload: string;
  readonly download: string;
}

type Wish = NonNullable<CallInput<'applyNetworks'>['body']['document']['networks']>[number];

const EMPTY: NetworkDraft = {
  name: '',
  address: null,
  moreAddresses: [],
  ipv6: '',
  own: false,
  fallback: [],
  drain: false,
  route: 'uplink',
  gateway: '',
  dns: [],
  preset: 'lan-allowed',
  allow: [],
  deny: [],
  strict: false,
  upload: '',
  download: '',
};

/** Pure. @param network null: a new one */
export function draftOf(network: NetworkView | null): NetworkDraft {
  if (network === null) return EMPTY;
  const [address = null, ...moreAddresses] = network.egress.ipv4;
  const { preset, allow, deny } = network.destinations;
  const { upload, download } = network.bandwidth;
  return {
    name: network.name,
    address,
    moreAddresses,
    ipv6: network.egress.ipv6[0] ?? '',
    own: network.assign === 'per-container',
    fallback: network.fallback,
    drain: network.onChange === 'drain',
    route: network.route,
    gateway: network.gateway ?? '',
    dns: network.dns,
    preset,
    allow,
    deny,
    strict: network.strict,
    upload: upload === null ? '' : String(upload),
    download: download === null ? '' : String(download),
  };
}

/** Pure: what the server is asked for, all of it, so that nothing that the form shows is lost. */
export function bodyOf(
  draft: NetworkDraft,
): CallInput<'updateNetwork'>['body'] & Pick<CallInput<'createNetwork'>['body'], 'egress'> {
  const { address, ipv6, gateway, preset } = draft;
  return {
    egress: {
      ipv4: [...(address === null ? [] : [address]), ...draft.moreAddresses],
      ipv6: ipv6.trim() === '' ? [] : [ipv6.trim()],
    },
    assign: draft.own ? 'per-container' : 'shared',
    fallback: [...draft.fallback],
    onChange: draft.drain ? 'drain' : 'reset',
    route: draft.route,
    gateway: gateway.trim() === '' ? null : gateway.trim(),
    dns: [...draft.dns],
    destinations: { preset, allow: [...draft.allow], deny: [...draft.deny] },
    strict: draft.strict,
    bandwidth: { upload: rateOf(draft.upload), download: rateOf(draft.download) },
  };
}

/**
 * Pure: the network of the form as a document has it, for which the agent says what it would do. A document says
 * all of a network: what the form does not show stays as it is.
 */
export function documentOf(draft: NetworkDraft, network: NetworkView | null): Wish {
  const body = bodyOf(draft);
  // Name servers that nobody has named are those of the agent.
  if (network === null) {
    return { name: draft.name, ...body, dns: draft.dns.length > 0 ? [...draft.dns] : null };
  }
  const { hostServices } = network.destinations;
  return {
    name: network.name,
    ...body,
    gateway6: draft.route === 'main' ? null : network.gateway6,
    destinations: { ...body.destinations, hostServices },
  };
}

/** Digits are bits per second; the server reads `20mbit`, and refuses what is neither. */
function rateOf(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}
