import type { DockerNetwork } from '../ports/docker.ts';
import type { HostPorts } from '../execute/executors.ts';
import { NEEDED_SYSCTLS } from '../plan/plan-sysctls.ts';
import type { Step, StepKind } from '../plan/steps.ts';
import type { Actual, DockerFacts } from './actual.ts';

/** What is read of the host, each by a program or a call of its own. */
const READERS = {
  routing: ({ routing }: HostPorts) => routing.observe(),
  table: ({ nft }: HostPorts) => nft.listTable(),
  docker: (ports: HostPorts, last: readonly DockerNetwork[]) => observeDocker(ports, last),
  sysctls: (ports: HostPorts) => observeSysctls(ports),
  dockerUser: ({ iptables }: HostPorts) => iptables.dockerUserRules(),
  natRules: ({ iptables }: HostPorts) => iptables.natRules(),
};
type Reading = keyof typeof READERS;

/** What each kind of step may change, and so what has to be read again after it. */
const TOUCHED: Readonly<Record<StepKind, readonly Reading[]>> = {
  'sysctl.write': ['sysctls'],
  'routing.change': ['routing'],
  'table.replace': ['table'],
  'table.change': ['table'],
  'table.delete': ['table'],
  'docker.create': ['docker', 'routing'],
  'docker.remove': ['docker', 'routing'],
  'flows.end': [],
  'nat-rule.remove': ['natRules'],
  'docker-user.set': ['dockerUser'],
};

/**
 * What one run of the loop sees of the host. Everything is read once; what the run's own steps change
 * is read again. What others change meanwhile is told by the monitors, and begins another run.
 */
export class Look {
  readonly #ports: HostPorts;
  readonly #lastDocker: readonly DockerNetwork[];
  readonly #readings = new Map<Reading, Promise<unknown>>();

  /** `lastDocker`: Docker's networks as last seen, for when Docker does not answer. */
  constructor(ports: HostPorts, lastDocker: readonly DockerNetwork[]) {
    this.#ports = ports;
    this.#lastDocker = lastDocker;
  }

  /**
   * Throws when the kernel can't be read; a silent Docker is a fact.
   * `withNatRules`: whether rules of others in nat POSTROUTING matter.
   */
  async observe({ withNatRules }: { readonly withNatRules: boolean }): Promise<Actual> {
    const [routing, table, docker, sysctls, dockerUser, natRules] = await Promise.all([
      this.#read('routing'),
      this.#read('table'),
      this.#read('docker'),
      this.#read('sysctls'),
      this.#read('dockerUser'),
      withNatRules ? this.#read('natRules') : [],
    ]);
    return { ...routing, table, docker, sysctls, dockerUser, natRules };
  }

  /** The table alone. */
  table(): Promise<Actual['table']> {
    return this.#read('table');
  }

  /**
   * A step was carried out. What no later step of the plan changes is read at once, beside them: Docker
   * takes longer for a network than everything else together.
   */
  touched({ kind }: Step, later: readonly Step[]): void {
    for (const reading of TOUCHED[kind]) {
      this.#readings.delete(reading);
      if (later.some((step) => TOUCHED[step.kind].includes(reading))) continue;
      this.#read(reading).catch(() => undefined);
    }
  }

  /** A step has failed, so nobody knows what it has changed. */
  forget(): void {
    this.#readings.clear();
  }

  #read<R extends Reading>(reading: R): ReturnType<(typeof READERS)[R]> {
    const known = this.#readings.get(reading) ?? READERS[reading](this.#ports, this.#lastDocker);
    this.#readings.set(reading, known);
    return known as ReturnType<(typeof READERS)[R]>;
  }
}

async function observeDocker(
  { docker }: HostPorts,
  last: readonly DockerNetwork[],
): Promise<DockerFacts> {
  try {
    return { networks: await docker.networks(), error: null };
  } catch (error) {
    return { networks: last, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function observeSysctls({ sysctl }: HostPorts): Promise<Record<string, string | null>> {
  const entries = Object.keys(NEEDED_SYSCTLS).map(
    async (path) => [path, await sysctl.read(path)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
