import type { Family } from '@sallyport/core/ipv6';
import type { Actual } from '../observe/actual.ts';
import type { NftTable } from '../ports/nft.ts';
import type { Shape } from '../ports/shaping.ts';
import { desiredShapes, planBandwidth } from './plan-bandwidth.ts';
import { planCleanup } from './plan-cleanup.ts';
import { planDocker } from './plan-docker.ts';
import { planDockerUser, planForwarding } from './plan-docker-user.ts';
import { planFlows, planNatRules } from './plan-flows.ts';
import { type DesiredRouting, desiredRouting } from './desired-routing.ts';
import { compareRouting, planClosing, planOpening, planTidying } from './plan-routing.ts';
import { planSysctls } from './plan-sysctls.ts';
import { type AppliedStructure, planTable } from './plan-table.ts';
import { renderTable } from './render-table.ts';
import type { Resolution } from './resolve.ts';
import type { Step } from './steps.ts';
import type { Strays } from './table-strays.ts';

/** What the planner remembers from one run to the next; losing it costs work, never safety. */
export interface PlanMemory {
  readonly applied: AppliedStructure | null;
  /** By network id: the egress to which its flows were last brought. */
  readonly settled: ReadonlyMap<string, string>;
  /**
   * Names of networks that this very run has made. They have no container yet; what a former network of
   * the same subnet has left is ended by the run that Docker's event begins, and nobody waits for it.
   */
  readonly made: ReadonlySet<string | null>;
}

/** The host as it should be. */
export interface Desired {
  readonly resolution: Resolution;
  readonly table: NftTable;
  /** What is loaded at boot: without leases, since containers have other addresses then. */
  readonly bootTable: NftTable;
  readonly routing: DesiredRouting;
  readonly shapes: readonly Shape[];
}

/** Where subnets come from, one pool for each family. */
export type Pools = Readonly<Record<Family, string>>;

/** What is desired besides networks. */
interface Wishes {
  readonly pools: Pools;
  readonly strays: Strays;
}

export function desire(resolution: Resolution, actual: Actual, { pools, strays }: Wishes): Desired {
  const specs = resolution.networks.map(({ spec }) => spec);
  const routing = desiredRouting({
    ways: resolution.ways,
    subnets: specs.flatMap(({ subnet, subnet6 }) =>
      subnet6 === null ? [subnet] : [subnet, subnet6],
    ),
    managedBridges: new Set(specs.map(({ bridge }) => bridge)),
    pools,
    routes: actual.routes,
  });
  const shapes = desiredShapes(specs, actual.links);
  const table = renderTable(resolution, strays);
  const leases = resolution.networks.some((network) => network.leases.length > 0);
  const bootTable = leases ? renderTable(withoutLeases(resolution), strays) : table;
  return { resolution, table, bootTable, routing, shapes };
}

function withoutLeases(resolution: Resolution): Resolution {
  const networks = resolution.networks.map((network) => ({ ...network, leases: [] }));
  return { ...resolution, networks };
}

/**
 * From what is to what should be, in the order in which it is safe: ways, guard and translation,
 * closing rules, and only then the Docker network; what is not needed goes last.
 */
export function plan(desired: Desired, actual: Actual, memory: PlanMemory): readonly Step[] {
  const { networks } = desired.resolution;
  const specs = networks.map(({ spec }) => spec);
  // With no network at all, nothing of ours stays on the host.
  if (specs.length === 0) return planCleanup({ ...actual, docker: [] });
  const routing = compareRouting(desired.routing, actual);
  const table = planTable(desired.table, actual.table, memory.applied);
  const docker = actual.docker.error === null ? planDocker(specs, actual.docker.networks) : [];
  const made = new Set([...memory.made, ...docker.filter(isMaking).map(({ network }) => network)]);
  const settling = networks.filter(({ spec }) => !made.has(spec.name));
  return [
    ...planSysctls(
      actual.sysctls,
      specs.some(({ subnet6 }) => subnet6 !== null),
    ),
    ...planOpening(routing),
    ...table,
    ...planClosing(routing),
    ...planTidying(routing),
    ...planFlows(settling, memory.settled, table),
    ...planBandwidth(desired.shapes, actual.shapes, specs),
    ...docker,
    ...planDockerUser(actual.dockerUser, true),
    ...planForwarding(actual),
    ...planNatRules(networks, actual.natRules),
  ];
}

export function isMaking({ kind }: Step): boolean {
  return kind === 'docker.create';
}
