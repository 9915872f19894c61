import type { Finding } from '@sallyport/contract/host';
import { EVERYTHING4 } from '@sallyport/core/cidr4';
import { NEEDED_SYSCTLS } from '../plan/plan-sysctls.ts';
import type { ResolvedNetwork } from '../plan/resolve.ts';
import type { Sysctl } from '../ports/host.ts';
import type { Route } from '../ports/routing.ts';

/** Kernel parameters as they are; null where the kernel has no such parameter. */
export interface KernelFacts {
  readonly needed: Readonly<Record<string, string | null>>;
  /** rp_filter in effect by uplink: the larger of `all` and the interface's own (ip-sysctl.rst). */
  readonly reversePath: Readonly<Record<string, number>>;
  readonly bridgeNetfilter: string | null;
}

export async function readKernel(sysctl: Sysctl, uplinks: readonly string[]): Promise<KernelFacts> {
  const all = Number((await sysctl.read('ipv4/conf/all/rp_filter')) ?? 0);
  const reversePath: Record<string, number> = {};
  for (const name of uplinks) {
    const own = Number((await sysctl.read(`ipv4/conf/${name}/rp_filter`)) ?? 0);
    reversePath[name] = Math.max(all, own);
  }
  const needed: Record<string, string | null> = {};
  for (const path of Object.keys(NEEDED_SYSCTLS)) needed[path] = await sysctl.read(path);
  return {
    needed,
    reversePath,
    bridgeNetfilter: await sysctl.read('bridge/bridge-nf-call-iptables'),
  };
}

export function checkForwarding({ needed }: KernelFacts, hasNetworks: boolean): Finding {
  const check = 'forwarding';
  const wrong = Object.entries(NEEDED_SYSCTLS).filter(
    ([path, { value }]) => needed[path] !== value,
  );
  if (wrong.length === 0) {
    return {
      check,
      level: 'ok',
      message: 'forwarding and marked reverse-path checks are on',
      remedy: '',
    };
  }
  if (!hasNetworks) {
    return {
      check,
      level: 'ok',
      message: 'forwarding will be switched on with the first network',
      remedy: '',
    };
  }
  const message = wrong
    .map(
      ([path, { value, why }]) =>
        `net/${path} is ${needed[path] ?? 'missing'}, not ${value}: ${why}`,
    )
    .join('; ');
  return {
    check,
    level: 'error',
    message,
    remedy: wrong.map(([path, { value }]) => `sysctl -w net/${path}=${value}`).join('; '),
  };
}

const STRICT = 1;

/**
 * In mode `uplink` strict reverse-path filtering works, since the check sees the mark. In mode `main`
 * a reply that comes by another interface than the main table's default is dropped silently.
 */
export function checkReversePath(
  { reversePath }: KernelFacts,
  {
    resolved,
    routes,
  }: { readonly resolved: readonly ResolvedNetwork[]; readonly routes: readonly Route[] },
): Finding {
  const check = 'rp-filter';
  const shown = Object.entries(reversePath)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const mainDevices = bestDefaultDevices(routes);
  const strict = Object.entries(reversePath)
    .filter(([name, value]) => value === STRICT && !mainDevices.has(name))
    .map(([name]) => name);
  const inMain = resolved
    .filter(({ exits }) => exits.some(({ way }) => way?.kind === 'main'))
    .map(({ spec }) => spec.name);
  if (inMain.length === 0 || strict.length === 0) {
    return {
      check,
      level: 'ok',
      message: `reverse-path filtering (${shown || 'no uplink'}) drops no replies`,
      remedy: '',
    };
  }
  return {
    check,
    level: 'warning',
    message: `${inMain.join(', ')} leave(s) in route mode main; replies that come by ${strict.join(', ')} are dropped by strict reverse-path filtering`,
    remedy: strict.map((name) => `sysctl -w net/ipv4/conf/${name}/rp_filter=2`).join('; '),
  };
}

/** linux/rtnetlink.h RT_TABLE_MAIN. */
const MAIN_TABLE = 254;

/** A default route with a worse metric does not count: the check asks for the route that would be taken. */
function bestDefaultDevices(routes: readonly Route[]): ReadonlySet<string | null> {
  const defaults = routes.filter(
    ({ destination, table, type }) =>
      destination === EVERYTHING4 && type === 'unicast' && table === MAIN_TABLE,
  );
  const best = Math.min(...defaults.map(({ metric }) => metric));
  return new Set(defaults.filter(({ metric }) => metric === best).map(({ device }) => device));
}

export function checkBridgeNetfilter({ bridgeNetfilter }: KernelFacts): Finding {
  const check = 'br-netfilter';
  if (bridgeNetfilter === '1') {
    return {
      check,
      level: 'ok',
      message: 'frames between containers of one bridge pass the filters',
      remedy: '',
    };
  }
  return {
    check,
    level: 'warning',
    message:
      'frames between containers of one bridge do not pass the filters, so containers of one network can reach each other',
    remedy: 'modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1',
  };
}
