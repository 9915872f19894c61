import type { Docker, DockerNetwork } from '../ports/docker.ts';
import type { Iptables, NatRule, Sysctl } from '../ports/host.ts';
import type { Nft } from '../ports/nft.ts';
import type { Routing } from '../ports/routing.ts';
import { NEEDED_SYSCTLS } from '../plan/plan-sysctls.ts';
import type { Actual, DockerFacts } from './actual.ts';

interface ObservePorts {
  readonly nft: Nft;
  readonly routing: Routing;
  readonly docker: Docker;
  readonly sysctl: Sysctl;
  readonly iptables: Iptables;
}

interface ObserveOptions {
  /** Docker's networks as last seen, for when Docker does not answer. */
  readonly lastDocker: readonly DockerNetwork[];
  /** Whether rules of others in nat POSTROUTING matter. */
  readonly withNatRules: boolean;
}

/** Reads everything at once. Throws when the kernel can't be read; a silent Docker is a fact. */
export async function observe(ports: ObservePorts, options: ObserveOptions): Promise<Actual> {
  const [links, routes, rules, table, docker, sysctls, dockerUser, natRules] = await Promise.all([
    ports.routing.links(),
    ports.routing.routes(),
    ports.routing.ownRules(),
    ports.nft.listTable(),
    observeDocker(ports.docker, options.lastDocker),
    observeSysctls(ports.sysctl),
    ports.iptables.dockerUserRules(),
    options.withNatRules ? ports.iptables.natRules() : Promise.resolve<readonly NatRule[]>([]),
  ]);
  return { links, routes, rules, table, docker, sysctls, dockerUser, natRules };
}

async function observeDocker(docker: Docker, last: readonly DockerNetwork[]): Promise<DockerFacts> {
  try {
    return { networks: await docker.networks(), error: null };
  } catch (error) {
    return { networks: last, error: error instanceof Error ? error.message : String(error) };
  }
}

async function observeSysctls(sysctl: Sysctl): Promise<Record<string, string | null>> {
  const entries = Object.keys(NEEDED_SYSCTLS).map(
    async (path) => [path, await sysctl.read(path)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
