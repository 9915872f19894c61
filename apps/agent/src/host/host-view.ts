import type { HostInterfaceView, HostView } from '@sallyport/contract/host';
import type { NetworkSpec } from '@sallyport/core/network';
import { poolCapacity, type SubnetPool } from '@sallyport/core/subnet-pool';
import { covers } from '@sallyport/core/cidr4';
import { addressObstacle, classifyLinks, type LinkRole, nextHopsOf } from '../plan/uplinks.ts';
import type { Docker } from '../ports/docker.ts';
import type { Nft } from '../ports/nft.ts';
import type { Link, LinkAddress, Route, Routing } from '../ports/routing.ts';
import type { RunReport } from '../reconcile/reconciler.ts';

interface HostServiceOptions {
  readonly ports: { readonly routing: Routing; readonly nft: Nft; readonly docker: Docker };
  readonly specs: () => readonly NetworkSpec[];
  readonly pool: SubnetPool;
  readonly version: string;
  /** Its release. */
  readonly kernel: string;
  readonly startedAt: number;
  readonly stateDir: string;
}

/** Answers what the host is like now; looks at the kernel for every answer. */
export class HostService {
  readonly #options: HostServiceOptions;
  #lastRun: RunReport | null = null;

  constructor(options: HostServiceOptions) {
    this.#options = options;
  }

  publish(report: RunReport): void {
    this.#lastRun = report;
  }

  async view(): Promise<HostView> {
    const { ports, pool, version, kernel, startedAt, stateDir } = this.#options;
    const specs = this.#options.specs();
    const [{ links, routes }, networks, docker, drops] = await Promise.all([
      ports.routing.observe(),
      ports.docker.networks().catch(() => []),
      ports.docker.version().catch(() => ({ version: null, apiVersion: null })),
      ports.nft.counters(),
    ]);
    const { roleOf } = classifyLinks(links, networks, new Set(specs.map(({ bridge }) => bridge)));
    return {
      interfaces: links
        .map((link) => ({ link, role: roleOf(link) }))
        .filter(({ role }) => role !== 'container')
        .map(({ link, role }) => interfaceView(link, role, { routes, specs })),
      pool: {
        prefix: pool.prefix,
        size: pool.size,
        capacity: poolCapacity(pool),
        used: specs.filter(({ subnet }) => covers(pool.prefix, subnet)).length,
      },
      kernel,
      docker,
      drops: { ...drops },
      agent: { version, startedAt, stateDir, lastReconcile: this.#lastReconcile() },
    };
  }

  #lastReconcile(): HostView['agent']['lastReconcile'] {
    if (this.#lastRun === null) return null;
    const { at, durationMs, reasons, done, failures } = this.#lastRun;
    const errors = failures.map(({ error }) =>
      error instanceof Error ? error.message : String(error),
    );
    return { at, durationMs, reasons: [...reasons], steps: done.length, errors };
  }
}

interface Context {
  readonly routes: readonly Route[];
  readonly specs: readonly NetworkSpec[];
}

function interfaceView(link: Link, role: LinkRole, { routes, specs }: Context): HostInterfaceView {
  return {
    name: link.name,
    role,
    up: link.up,
    mtu: link.mtu,
    gateways: (['ipv4', 'ipv6'] as const)
      .flatMap((family) => nextHopsOf(family, link.name, routes))
      .flatMap((hop) => (hop.kind === 'via' ? [hop.gateway] : [])),
    addresses: link.addresses.map((address) =>
      addressView(address, addressObstacle(link, role, address), specs),
    ),
  };
}

function addressView(
  { address, prefix, family }: LinkAddress,
  reason: string,
  specs: readonly NetworkSpec[],
): HostInterfaceView['addresses'][number] {
  const networks = specs
    .filter(({ egress }) => egress.ipv4.some((used) => used === address))
    .map(({ name }) => name);
  return { address, prefix, family, egress: reason === '', reason, networks };
}
