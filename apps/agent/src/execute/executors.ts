import type { Docker } from '../ports/docker.ts';
import type { Conntrack, Iptables, Sysctl } from '../ports/host.ts';
import type { Nft } from '../ports/nft.ts';
import type { Shaping } from '../ports/shaping.ts';
import type { Routing } from '../ports/routing.ts';
import type { Step, StepArguments, StepKind } from '../plan/steps.ts';

/** Everything through which a step can change the host. */
export interface HostPorts {
  readonly nft: Nft;
  readonly routing: Routing;
  readonly docker: Docker;
  readonly conntrack: Conntrack;
  readonly sysctl: Sysctl;
  readonly iptables: Iptables;
  readonly shaping: Shaping;
}

type Executors = {
  readonly [K in StepKind]: (args: StepArguments[K], ports: HostPorts) => Promise<unknown>;
};

/** One executor for each kind of step. All are idempotent: a step may be carried out twice. */
const EXECUTORS: Executors = {
  'sysctl.write': ({ path, value }, { sysctl }) => sysctl.write(path, value),
  'routing.change': (delta, { routing }) => routing.apply(delta),
  // What the guard has counted so far is carried over into the new table.
  'table.replace': async ({ table }, { nft }) => nft.replaceTable(table, await nft.counters()),
  'table.change': ({ delta }, { nft }) => nft.changeElements(delta),
  'table.delete': (_, { nft }) => nft.deleteTable(),
  'docker.create': (request, { docker }) => docker.createNetwork(request),
  'docker.remove': ({ id }, { docker }) => docker.removeNetwork(id),
  'flows.end': ({ requests }, { conntrack }) => conntrack.endFlows(requests),
  'bandwidth.set': (shape, { shaping }) => shaping.apply(shape),
  'nat-rule.remove': ({ rule }, { iptables }) => iptables.removeNatRule(rule),
  'docker-user.set': ({ rules }, { iptables }) => iptables.setDockerUserRules(rules),
  'docker-user.lead': (_, { iptables }) => iptables.leadToDockerUser(),
};

/** @throws SallyportError what the port said */
export async function executeStep(step: Step, ports: HostPorts): Promise<void> {
  const execute = EXECUTORS[step.kind] as (args: unknown, ports: HostPorts) => Promise<unknown>;
  await execute(step.args, ports);
}
