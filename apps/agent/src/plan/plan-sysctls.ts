import type { Step } from './steps.ts';

/** Kernel parameters without which no packet of a managed network gets through, and why. */
export const NEEDED_SYSCTLS: Readonly<
  Record<string, { readonly value: string; readonly why: string }>
> = {
  'ipv4/ip_forward': { value: '1', why: 'containers are routed, not bridged, to the outside' },
  /*
   * With strict reverse-path filtering a reply is only accepted where the route back to its sender
   * leads through the interface that it came by; that route depends on the mark, and the kernel looks
   * at the mark for this check only with src_valid_mark (Documentation/networking/ip-sysctl.rst).
   */
  'ipv4/conf/all/src_valid_mark': {
    value: '1',
    why: 'the reverse-path check must see the mark that chose the uplink',
  },
};

/**
 * What accounting needs. Where the kernel has no such parameter, networks work all the same, so that it
 * is left out.
 */
export const COUNTING_SYSCTLS: typeof NEEDED_SYSCTLS = {
  'netfilter/nf_conntrack_acct': {
    value: '1',
    why: 'packets and bytes of flows are counted by the kernel',
  },
  /* With 2 the kernel does not tell the end of flows that began while nobody listened (nf_conntrack_ecache.c). */
  'netfilter/nf_conntrack_events': {
    value: '1',
    why: 'the flow log needs to be told of the end of every flow',
  },
};

/** What dual-stack networks need besides. */
export const IPV6_FORWARDING = 'ipv6/conf/all/forwarding';

/**
 * Where a device's default route may come from router advertisements. A host that forwards ignores them,
 * and loses that route when it expires, unless this is 2 (Documentation/networking/ip-sysctl.rst).
 */
export function acceptRa(device: string): string {
  return `ipv6/conf/${device}/accept_ra`;
}
const ACCEPT_RA = /^ipv6\/conf\/.*\/accept_ra$/;

type Sysctls = Readonly<Record<string, string | null>>;

/** @param withIpv6 whether a network has a subnet of IPv6 */
export function planSysctls(actual: Sysctls, withIpv6 = false): readonly Step[] {
  const needed = Object.entries(NEEDED_SYSCTLS)
    .filter(([path, { value }]) => actual[path] !== value)
    .map(([path, { value, why }]) => write(path, { value, was: actual[path], why }));
  const counting = Object.entries(COUNTING_SYSCTLS)
    .filter(([path, { value }]) => (actual[path] ?? value) !== value)
    .map(([path, { value, why }]) => write(path, { value, was: actual[path], why }));
  return [...needed, ...counting, ...(withIpv6 ? planIpv6(actual) : [])];
}

function planIpv6(actual: Sysctls): readonly Step[] {
  if (actual[IPV6_FORWARDING] === '1') return [];
  const was = actual[IPV6_FORWARDING];
  const why = 'containers are routed, not bridged, to the outside';
  const lost = 'a host that forwards would lose the default route that a router has told it of';
  return [
    ...Object.entries(actual)
      .filter(([path, value]) => ACCEPT_RA.test(path) && value === '1')
      .map(([path]) => write(path, { value: '2', was: '1', why: lost })),
    write(IPV6_FORWARDING, { value: '1', was, why }),
  ];
}

function write(
  path: string,
  {
    value,
    was,
    why,
  }: { readonly value: string; readonly was: string | null | undefined; readonly why: string },
): Step {
  return {
    kind: 'sysctl.write',
    args: { path, value },
    network: null,
    why: `net/${path} is ${was ?? 'missing'}, ${value} is needed: ${why}`,
  };
}
