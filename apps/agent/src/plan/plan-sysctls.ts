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

export function planSysctls(actual: Readonly<Record<string, string | null>>): readonly Step[] {
  return Object.entries(NEEDED_SYSCTLS)
    .filter(([path, { value }]) => actual[path] !== value)
    .map(([path, { value, why }]) => ({
      kind: 'sysctl.write',
      args: { path, value },
      network: null,
      why: `net/${path} is ${actual[path] ?? 'missing'}, ${value} is needed: ${why}`,
    }));
}
