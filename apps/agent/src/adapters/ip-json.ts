import type { Family } from '@sallyport/core/ipv6';
import type { Link, Route, Rule } from '../ports/routing.ts';
import * as z from 'zod';
import { RULES } from '../constants.ts';

/* What `ip -N -j` prints (iproute2 6.1 and newer), as far as it is read; all else is ignored. */

const addressSchema = z.object({
  family: z.string(),
  local: z.string(),
  prefixlen: z.int(),
  scope: z.string(),
  deprecated: z.boolean().optional(),
  tentative: z.boolean().optional(),
  dadfailed: z.boolean().optional(),
});

const linkSchema = z.object({
  ifindex: z.int(),
  ifname: z.string(),
  flags: z.array(z.string()),
  mtu: z.int(),
  master: z.string().optional(),
  addr_info: z.array(addressSchema.partial()).default([]),
});

/** `ip -N -j address` */
export function parseLinks(json: string): readonly Link[] {
  return parseArray(json, linkSchema).map(({ ifindex, ifname, flags, mtu, master, addr_info }) => ({
    name: ifname,
    index: ifindex,
    master: master ?? null,
    // LOWER_UP is the carrier; a bridge without containers has none, a cable pulled neither.
    up: flags.includes('UP') && flags.includes('LOWER_UP'),
    loopback: flags.includes('LOOPBACK'),
    mtu,
    addresses: addr_info.flatMap((info) => {
      const { success, data } = addressSchema.safeParse(info);
      if (!success || (data.family !== 'inet' && data.family !== 'inet6')) return [];
      return [
        {
          family: data.family === 'inet' ? ('ipv4' as const) : ('ipv6' as const),
          address: data.local,
          prefix: data.prefixlen,
          scope: SCOPES[data.scope] ?? data.scope,
          flags: (['deprecated', 'tentative', 'dadfailed'] as const).filter((flag) => data[flag]),
        },
      ];
    }),
  }));
}

/** linux/rtnetlink.h RT_SCOPE_*, which `ip -N` prints as numbers. */
const SCOPE_LINK = '253';
const SCOPES: Readonly<Record<string, string>> = {
  '0': 'global',
  '200': 'site',
  [SCOPE_LINK]: 'link',
  '254': 'host',
};

const hopSchema = z.object({
  gateway: z.string().optional(),
  dev: z.string().optional(),
  flags: z.array(z.string()).default([]),
});

const routeSchema = hopSchema.extend({
  type: z.string().optional(),
  dst: z.string(),
  table: z.string().optional(),
  metric: z.int().optional(),
  scope: z.string().optional(),
  /** Router preference (RFC 4191): the kernel tells it of IPv6 routes, and of these alone. */
  pref: z.string().optional(),
  nexthops: z.array(hopSchema).optional(),
});

/** linux/rtnetlink.h: RT_TABLE_* and RTN_*. */
const TABLE_MAIN = 254;
const TABLE_LOCAL = 255;
const ROUTE_TYPES: Readonly<Record<string, Route['type']>> = { '1': 'unicast', '7': 'unreachable' };

/** `ip -N -j route show table all`, both families, without the kernel's table `local` and what every link has */
export function parseRoutes(json: string): readonly Route[] {
  return parseArray(json, routeSchema).flatMap((route): readonly Route[] => {
    const table = route.table === undefined ? TABLE_MAIN : Number(route.table);
    if (table === TABLE_LOCAL || EVERY_LINK_HAS.test(route.dst)) return [];
    const family = route.pref === undefined ? 'ipv4' : 'ipv6';
    return (route.nexthops ?? [route]).map((hop) => ({
      table,
      type: route.type === undefined ? 'unicast' : (ROUTE_TYPES[route.type] ?? 'other'),
      destination: withLength(route.dst, family),
      device: hop.dev ?? null,
      gateway: hop.gateway ?? null,
      metric: route.metric ?? 0,
      scope: route.scope === SCOPE_LINK ? 'link' : 'global',
      onlink: hop.flags.includes('onlink'),
    }));
  });
}

/** Link-local and multicast prefixes and the loopback address of IPv6: none of them leads out. */
const EVERY_LINK_HAS = /^(fe80::|ff|::1$)/;

function withLength(destination: string, family: Family): string {
  if (destination === 'default') return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  if (destination.includes('/')) return destination;
  return `${destination}/${FULL_LENGTH[family]}`;
}

/** The prefix length of a single address, which ip leaves out. */
const FULL_LENGTH: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

const ruleSchema = z.object({
  priority: z.int(),
  src: z.string(),
  srclen: z.int().optional(),
  dst: z.string().optional(),
  dstlen: z.int().optional(),
  fwmark: z.string().optional(),
  fwmask: z.string().optional(),
  table: z.string().optional(),
  suppress_prefixlen: z.int().optional(),
});

/** `ip -N -j rule` of a family: those in our range; without a table it is one that ends in unreachable. */
export function parseRules(json: string, family: Family): readonly Rule[] {
  return parseArray(json, ruleSchema)
    .filter(isInOurRange)
    .map((rule) => ({
      family,
      priority: rule.priority,
      from: rule.src === 'all' ? null : `${rule.src}/${rule.srclen ?? FULL_LENGTH[family]}`,
      to: rule.dst === undefined ? null : `${rule.dst}/${rule.dstlen ?? FULL_LENGTH[family]}`,
      mark:
        rule.fwmark === undefined
          ? null
          : { value: Number(rule.fwmark), mask: Number(rule.fwmask ?? 0xffffffff) },
      action:
        rule.table === undefined
          ? { kind: 'unreachable' }
          : {
              kind: 'lookup',
              table: Number(rule.table),
              suppressPrefixLength: rule.suppress_prefixlen ?? null,
            },
    }));
}

function isInOurRange({ priority }: { readonly priority: number }): boolean {
  return priority >= RULES.first && priority <= RULES.last;
}

function parseArray<S extends z.ZodType>(json: string, item: S): z.output<S>[] {
  return z.array(item).parse(JSON.parse(json));
}
