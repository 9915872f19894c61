import { type Cidr4, parseCidr4 } from '@sallyport/core/cidr4';
import { parsePrefix, type Prefix } from '@sallyport/core/prefix';

/*
 * Everything by which the agent marks what it owns. Each constant has its only home here; `cleanup`
 * finds what is ours by these and by nothing else.
 */

/** The one nftables table, family inet. */
export const TABLE = 'sallyport';

/**
 * Bits of the packet mark and of the conntrack mark that are ours. The highest eight, because the
 * low ones are taken: 0x4000 and 0x8000 by Kubernetes, 0x00ff0000 by Tailscale, 0xca6c by wg-quick.
 */
export const MARK_MASK = 0xff000000;
const MARK_SHIFT = 24;

/** A way out (uplink and gateway) has a slot from 1 to this; the slot makes its mark, rule and table. */
export const MAX_SLOT = 250;

/** The mark of a slot, within {@link MARK_MASK}. */
export function markOf(slot: number): number {
  return slot * 2 ** MARK_SHIFT;
}

/**
 * Priorities of our routing rules: one range, before Tailscale's 5210 and far before main's 32766,
 * so that no other software's rule catches a packet of a managed container first.
 */
export const RULES = { first: 4000, last: 4999 } as const;
/** `to PREFIX lookup main suppress_prefixlength 0`: the way back to containers, marked or not. */
export const RULE_INWARDS = 4000;
/** `fwmark MARK lookup TABLE` at this plus the slot: the way out. */
export const RULE_OUTWARDS = 4100;
/** `from PREFIX unreachable`: nothing of ours falls through to the main table. */
export const RULE_CLOSED = 4900;

/** Routing table of a slot: this plus the slot, so that rule 4101 reads table 4101. */
export const ROUTE_TABLES = { first: 4101, last: 4100 + MAX_SLOT } as const;
export function tableOf(slot: number): number {
  return ROUTE_TABLES.first - 1 + slot;
}

/** Labels on Docker networks that the agent made. */
export const LABEL_MANAGED = 'io.sallyport.managed';
export const LABEL_ID = 'io.sallyport.network-id';

/** Docker's chain for the rules of others, which FORWARD leads to first. */
export const DOCKER_USER = 'DOCKER-USER';
/** Comment on the rules in DOCKER-USER. */
export const RULE_COMMENT = 'sallyport';

/** Handle of the queues on limited bridges. */
export const SHAPER_HANDLE = '5a11:';

/** Prefix of the host's end of a probe's link; the rest is random. */
export const PROBE_LINK_PREFIX = 'spv';

/**
 * Where subnets come from when the configuration does not say. In 10/8, where Docker's own default
 * pools (172.17/12 and 192.168/16) are not, and large enough for 4,096 networks of 253 containers.
 */
export const DEFAULT_POOL: { readonly prefix: Cidr4; readonly size: number } = {
  prefix: parseCidr4('10.208.0.0/12'),
  size: 24,
};

/**
 * Where IPv6 subnets come from when the configuration does not say: unique local addresses (RFC 4193),
 * which are translated and never seen outside. 65,536 networks; 73:616c:6c79 is "sally".
 */
export const DEFAULT_POOL6: { readonly prefix: Prefix; readonly size: number } = {
  prefix: parsePrefix('fd73:616c:6c79::/48'),
  size: 64,
};

/** Two files of this size hold some 10,000 events; then the older one is given up. */
export const EVENT_FILE_BYTES = 2 * 1024 * 1024;
