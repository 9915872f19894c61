import type { DockerNetwork } from '../ports/docker.ts';
import type { Reading } from '../ports/host.ts';
import type { Route } from '../ports/routing.ts';
import type { HostPorts } from '../execute/executors.ts';
import {
  acceptRa,
  COUNTING_SYSCTLS,
  IPV6_FORWARDING,
  NEEDED_SYSCTLS,
} from '../plan/plan-sysctls.ts';
import type { Step, StepKind } from '../plan/steps.ts';
import { isOwnTable } from '../plan/uplinks.ts';
import type { Actual, DockerFacts } from './actual.ts';
import { keepSame } from './keep-same.ts';

const READERS = {
  routing: ({ routing }: HostPorts) => routing.observe(),
  table: ({ nft }: HostPorts) => nft.listTable(),
  docker: (ports: HostPorts, last: readonly DockerNetwork[]) => observeDocker(ports, last),
  dockerUser: ({ iptables }: HostPorts) => iptables.dockerUserRules(),
  forward: ({ iptables }: HostPorts) => iptables.forwardChain(),
  natRules: ({ iptables }: HostPorts) => iptables.natRules(),
  shaping: ({ shaping }: HostPorts) => shaping.observe(),
} satisfies Readonly<Record<Reading, unknown>>;

/** What depends on the networks that are desired. */
interface Wanted {
  readonly withNatRules: boolean;
  readonly withShapes: boolean;
}

const NO_SHAPES: Actual['shapes'] = [];

/** What no monitor watches; a look at it is cheap. */
const UNWATCHED: readonly Reading[] = ['natRules'];

/** What each kind of step may change, and so what has to be read again after it. */
const TOUCHED: Readonly<Record<StepKind, readonly Reading[]>> = {
  // Kernel parameters are files: they are read for every look.
  'sysctl.write': [],
  'routing.change': ['routing'],
  'table.replace': ['table'],
  'table.change': ['table'],
  'table.delete': ['table'],
  'docker.create': ['docker', 'routing'],
  'docker.remove': ['docker', 'routing', 'shaping'],
  'bandwidth.set': ['shaping'],
  'flows.end': [],
  'nat-rule.remove': ['natRules'],
  'docker-user.set': ['dockerUser'],
  'docker-user.lead': ['forward'],
};

/**
 * What the loop sees of the host. A reading is kept until a step of ours or a monitor says that it may
 * have changed: a look at 1,000 networks costs too much to be had for every container that comes or
 * goes. The look by the clock keeps nothing (ADR 11).
 */
export class Look {
  readonly #ports: HostPorts;
  readonly #readings = new Map<Reading, Promise<unknown>>();
  /** The host as last seen. Docker's networks are taken from it when Docker does not answer. */
  #last: Actual | null = null;

  constructor(ports: HostPorts) {
    this.#ports = ports;
  }

  /** What is to be read anew, besides what nobody watches. */
  forget(readings: Iterable<Reading>): void {
    for (const reading of [...readings, ...UNWATCHED]) this.#readings.delete(reading);
  }

  /**
   * Throws when the kernel can't be read; a silent Docker is a fact. The same object as the last time
   * where nothing has changed.
   * `withNatRules`: whether rules of others in nat POSTROUTING matter. `withShapes`: whether a network
   * is limited; else queues are looked at only while there may be some of ours.
   */
  async observe({ withNatRules, withShapes }: Wanted): Promise<Actual> {
    const shapesMatter = withShapes || this.#last === null || this.#last.shapes.length > 0;
    const [routing, table, docker, sysctls, dockerUser, forward, natRules, shapes] =
      await Promise.all([
        this.#read('routing'),
        this.#read('table'),
        this.#read('docker'),
        this.#read('routing').then(({ routes }) => observeSysctls(this.#ports, routes)),
        this.#read('dockerUser'),
        this.#read('forward'),
        withNatRules ? this.#read('natRules') : [],
        shapesMatter ? this.#read('shaping') : NO_SHAPES,
      ]);
    if (docker.error !== null) this.#readings.delete('docker');
    const last = this.#last;
    this.#last = keepSame(last, {
      links: routing.links,
      routes: routing.routes,
      rules: keepSame(last?.rules ?? null, routing.rules),
      table,
      docker: keepSame(last?.docker ?? null, docker),
      sysctls: keepSame(last?.sysctls ?? null, sysctls),
      dockerUser,
      forward,
      natRules: keepSame(last?.natRules ?? null, natRules),
      shapes,
    });
    return this.#last;
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
      void this.#read(reading);
    }
  }

  #read<R extends Reading>(reading: R): ReturnType<(typeof READERS)[R]> {
    const known =
      this.#readings.get(reading) ??
      READERS[reading](this.#ports, this.#last?.docker.networks ?? []);
    this.#readings.set(reading, known);
    // What could not be read is asked for again.
    known.catch(() => this.#readings.get(reading) === known && this.#readings.delete(reading));
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

async function observeSysctls(
  { sysctl }: HostPorts,
  routes: readonly Route[],
): Promise<Record<string, string | null>> {
  const paths = [
    ...Object.keys({ ...NEEDED_SYSCTLS, ...COUNTING_SYSCTLS }),
    IPV6_FORWARDING,
    ...advertised(routes),
  ];
  const entries = paths.map(async (path) => [path, await sysctl.read(path)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Of the devices that have a default route of IPv6, whether it may come from an advertisement. */
function advertised(routes: readonly Route[]): readonly string[] {
  return routes.flatMap(({ destination, device, table }) =>
    destination === '::/0' && device !== null && !isOwnTable(table) ? [acceptRa(device)] : [],
  );
}
