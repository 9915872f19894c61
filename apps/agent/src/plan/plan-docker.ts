import { addressAt, type Cidr4 } from '@sallyport/core/cidr4';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import { addressIn } from '@sallyport/core/prefix';
import { LABEL_ID, LABEL_MANAGED } from '../constants.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import { byName } from './by-name.ts';
import type { Step } from './steps.ts';

/** Name under which Docker keeps the probe's address back from containers. */
export const PROBE_RESERVATION = 'sallyport-probe';

/** The bridge's address: the first of the subnet, as Docker chooses it too. */
export function bridgeAddress(subnet: Cidr4): Ipv4 {
  return addressAt(subnet, 1);
}

/** The probe's address: the last one that can be used, so that containers count from below as ever. */
export function probeAddress(subnet: Cidr4): Ipv4 {
  return addressAt(subnet, -2);
}

/** How the Docker network of this name relates to the one that is wanted. */
export type DockerMatch =
  | { readonly kind: 'missing' }
  | { readonly kind: 'matches'; readonly network: DockerNetwork }
  | { readonly kind: 'differs'; readonly network: DockerNetwork; readonly how: string };

export function matchDocker(spec: NetworkSpec, networks: readonly DockerNetwork[]): DockerMatch {
  const network = byName(networks).get(spec.name);
  if (network === undefined) return { kind: 'missing' };
  const how = differences(spec, network).join(' and ');
  return how === '' ? { kind: 'matches', network } : { kind: 'differs', network, how };
}

function differences(spec: NetworkSpec, network: DockerNetwork): readonly string[] {
  const subnets = network.subnets.join(', ');
  const subnets6 = network.subnets6.join(', ') || 'none';
  const wanted6 = spec.subnet6 ?? 'none';
  return [
    ...(network.driver === 'bridge' ? [] : [`uses the driver ${network.driver} instead of bridge`]),
    ...(subnets === spec.subnet ? [] : [`has the subnet ${subnets} instead of ${spec.subnet}`]),
    ...(subnets6 === wanted6 || spec.origin === 'adopted'
      ? []
      : [`has the IPv6 subnet ${subnets6} instead of ${wanted6}`]),
    ...(network.bridge === spec.bridge
      ? []
      : [`has the bridge ${network.bridge} instead of ${spec.bridge}`]),
    ...(spec.origin === 'created' && network.labels[LABEL_ID] !== spec.id
      ? ['was not made by this agent']
      : []),
  ];
}

/** Creates what is missing and removes what is to be deleted; never touches a network that differs. */
export function planDocker(
  specs: readonly NetworkSpec[],
  networks: readonly DockerNetwork[],
): readonly Step[] {
  return specs.flatMap((spec): readonly Step[] => {
    const match = matchDocker(spec, networks);
    if (spec.deleting) return match.kind === 'matches' ? [removal(spec, match.network)] : [];
    return match.kind === 'missing' && spec.origin === 'created' ? [creation(spec)] : [];
  });
}

function creation(spec: NetworkSpec): Step {
  return {
    kind: 'docker.create',
    args: {
      name: spec.name,
      bridge: spec.bridge,
      subnet: spec.subnet,
      gateway: bridgeAddress(spec.subnet),
      ipv6:
        spec.subnet6 === null
          ? null
          : { subnet: spec.subnet6, gateway: addressIn(spec.subnet6, 1) },
      reserved: { [PROBE_RESERVATION]: probeAddress(spec.subnet) },
      labels: { [LABEL_MANAGED]: 'true', [LABEL_ID]: spec.id },
    },
    network: spec.name,
    why: `the Docker network ${spec.name} is missing`,
  };
}

function removal(spec: NetworkSpec, network: DockerNetwork): Step {
  return {
    kind: 'docker.remove',
    args: { id: network.id },
    network: spec.name,
    why: `the Docker network ${spec.name} is to be deleted`,
  };
}
