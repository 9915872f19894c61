import type { Finding } from '@sallyport/contract/host';
import type { Adoptable } from '@sallyport/contract/network';
import { type Cidr4, overlaps } from '@sallyport/core/cidr4';
import type { NetworkSpec } from '@sallyport/core/network';
import { touchesSubnet } from '../plan/plan-flows.ts';
import type { RunningContainer } from '../ports/containers.ts';
import type { NatRule } from '../ports/host.ts';

/** Rules of others that would translate a managed subnet; ours come first, so they never get a packet. */
export function checkNatRules(
  specs: readonly NetworkSpec[],
  rules: readonly NatRule[],
): readonly Finding[] {
  const check = 'nat-rules';
  const findings = specs.flatMap((spec) =>
    rules
      .filter((rule) => rule.source !== null && touchesSubnet(rule, spec.subnet))
      .map(
        (rule): Finding => ({
          check,
          level: 'warning',
          message: `an iptables rule translates ${rule.source} as well, which covers ${spec.name} (${spec.subnet}); it never gets a packet of it, but it misleads readers`,
          remedy: `iptables -t nat -D ${rule.spec.join(' ')}`,
        }),
      ),
  );
  if (findings.length > 0) return findings;
  return [
    { check, level: 'ok', message: 'no rule of others translates a managed subnet', remedy: '' },
  ];
}

/** Something that appeared after the network: a VPN's route, an address, another Docker network. */
export function checkOverlaps(
  specs: readonly NetworkSpec[],
  taken: readonly { readonly prefix: Cidr4; readonly by: string }[],
): readonly Finding[] {
  const check = 'overlaps';
  const findings = specs.flatMap((spec) =>
    taken
      .filter(({ prefix, by }) => overlaps(prefix, spec.subnet) && !isItsOwn(spec, by))
      .map(
        ({ prefix, by }): Finding => ({
          check,
          level: 'warning',
          message: `${spec.name} has the subnet ${spec.subnet}, which overlaps ${prefix}: ${by}; what is there can not be reached from it`,
          remedy: `create ${spec.name} anew with another subnet, or change the other side`,
        }),
      ),
  );
  if (findings.length > 0) return findings;
  return [
    {
      check,
      level: 'ok',
      message: 'no subnet overlaps a route, an address or another Docker network',
      remedy: '',
    },
  ];
}

function isItsOwn({ name, bridge }: NetworkSpec, by: string): boolean {
  return by.endsWith(` ${name}`) || by.endsWith(` ${bridge}`);
}

/** Out of every network's reach; said once, because it is often meant so. */
export function checkHostNetwork(containers: readonly RunningContainer[]): readonly Finding[] {
  const names = containers
    .filter(({ networkMode }) => networkMode === 'host')
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    {
      check: 'host-network',
      level: 'ok',
      message: `these containers have the host’s network, and leave as the host does: ${names.join(', ')}`,
      remedy: '',
    },
  ];
}

/** Networks made by hand after the guide: nothing keeps their rule. */
export function checkAdoptable(adoptable: readonly Adoptable[]): readonly Finding[] {
  return adoptable
    .filter(({ egressIp }) => egressIp !== null)
    .map(({ name, egressIp }) => ({
      check: 'made-by-hand',
      level: 'warning',
      message: `the Docker network ${name} leaves as ${egressIp} by an iptables rule that nothing keeps or guards`,
      remedy: `sallyport network adopt ${name} --egress-ip ${egressIp}`,
    }));
}
