import { PLAIN_NAME } from '../plan/uplinks.ts';
import { type Cidr4, parseCidr4 } from '@sallyport/core/cidr4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { Adoptable } from '@sallyport/contract/network';
import { LABEL_MANAGED } from '../constants.ts';
import { translatesSubnet } from '../plan/plan-flows.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import type { NatRule } from '../ports/host.ts';

/** Docker's own networks, which containers expect to work as always. */
const BUILT_IN = new Set(['bridge', 'host', 'none']);

/** Networks that somebody made after the guide, or might want to: bridges that nobody manages. */
export function findAdoptable(
  docker: readonly DockerNetwork[],
  specs: readonly NetworkSpec[],
  natRules: readonly NatRule[],
): readonly Adoptable[] {
  return docker
    .filter(({ name, driver }) => driver === 'bridge' && !BUILT_IN.has(name))
    .filter(({ name }) => !specs.some((spec) => spec.name === name))
    .map((network) => describe(network, natRules));
}

function describe(network: DockerNetwork, natRules: readonly NatRule[]): Adoptable {
  const subnet = network.subnets[0] ?? '';
  const rules = natRules.filter((rule) => translatesSubnet(rule, subnet));
  return {
    name: network.name,
    subnet,
    bridge: network.bridge,
    egressIp: rules[0]?.toSource ?? null,
    rules: rules.map(({ spec }) => `iptables -t nat -A ${spec.join(' ')}`),
    obstacle: obstacle(network),
  };
}

/** Why a network can't be adopted; null when it can. */
export function obstacle(network: DockerNetwork): string | null {
  if (BUILT_IN.has(network.name)) return 'it is one of Docker’s own networks';
  if (network.driver !== 'bridge')
    return `its driver is ${network.driver}, only bridge can be guarded`;
  if (network.labels[LABEL_MANAGED] !== undefined)
    return 'another agent made it, or an earlier state of this one';
  if (network.internal) return 'it is internal: nothing leaves it at all';
  if (!PLAIN_NAME.test(network.bridge))
    return `the name of its bridge, ${JSON.stringify(network.bridge)}, means something else in nftables`;
  if (network.subnets.length !== 1)
    return `it has ${network.subnets.length} IPv4 subnets instead of one`;
  return null;
}

/** The only subnet of a network without an {@link obstacle}. */
export function onlySubnet(network: DockerNetwork): Cidr4 {
  return parseCidr4(network.subnets[0] ?? '');
}
