import type { Ipv6 } from '@sallyport/core/ipv6';
import { overlaps, parseCidr4 } from '@sallyport/core/cidr4';
import type { FlowsRequest, NatRule } from '../ports/host.ts';
import type { ResolvedNetwork } from './resolve.ts';
import { sharesOf } from './shares.ts';
import { questionsOf } from './table-destinations.ts';
import type { Step } from './steps.ts';

/** What a network's flows may leave by and where they may go, as one text: when it changes, older flows have to end. */
export function flowsText(network: ResolvedNetwork): string {
  const { denied, spec } = network;
  const ranges = [...denied.ipv4, ...denied.ipv6].map(({ text }) => text);
  const { keep, keepEach } = keptBy(network);
  return [[...keep, ...[...keepEach].flat()], keptBy6(network), ranges, spec.dns]
    .map((part) => part.join(','))
    .join(' ');
}

/** What all of a network, and what single containers of it may leave by. */
interface Kept {
  readonly keep: readonly string[];
  readonly keepEach: ReadonlyMap<string, string>;
}

function keptBy(network: ResolvedNetwork): Kept {
  const shares = sharesOf(network);
  if (network.spec.deleting) return { keep: [], keepEach: new Map() };
  if (shares.kind === 'whole') {
    const { address, way } = shares.exit;
    const former = network.draining.map((one) => one.address);
    return { keep: [...(way === null ? [] : [address]), ...former], keepEach: new Map() };
  }
  const open = shares.shares.filter(({ exit }) => exit.way !== null);
  return {
    keep: [],
    keepEach: new Map(open.map(({ container, exit }) => [container, exit.address])),
  };
}

function keptBy6({ spec, way6 }: ResolvedNetwork): readonly Ipv6[] {
  return way6 === null || spec.deleting ? [] : spec.egress.ipv6;
}

/**
 * SNAT bindings outlive a change of address, so flows with a former one are ended, and so are those to
 * where a network may not connect any more: what comes in by them are replies. The guard stops
 * their packets already; this lets the container's next packet begin anew. The same holds for flows that
 * began while the translation was missing or wrong: they are looked for wherever `table` mends it.
 */
export function planFlows(
  networks: readonly ResolvedNetwork[],
  settled: ReadonlyMap<string, string>,
  table: readonly Step[] = [],
): readonly Step[] {
  const doubtful = subnetsInDoubt(table);
  const changed = networks.filter(
    (network) =>
      isInDoubt(network, doubtful) || settled.get(network.spec.id) !== flowsText(network),
  );
  if (changed.length === 0) return [];
  const requests = changed.flatMap(requestsOf);
  const settles = new Map(changed.map((network) => [network.spec.id, flowsText(network)]));
  const names = changed.map(({ spec }) => spec.name).join(', ');
  const why = `flows of ${names} may still have a former egress address or destination`;
  return [{ kind: 'flows.end', args: { requests, settles }, network: null, why }];
}

function requestsOf(network: ResolvedNetwork): readonly FlowsRequest[] {
  const { subnet, subnet6 } = network.spec;
  const excepted = questionsOf(network.spec);
  const ipv4 = { subnet, ...keptBy(network), denied: network.denied.ipv4, excepted };
  if (subnet6 === null) return [ipv4];
  const keep = keptBy6(network);
  const ipv6 = { subnet: subnet6, keep, denied: network.denied.ipv6, excepted };
  return [ipv4, ipv6];
}

function isInDoubt(network: ResolvedNetwork, doubtful: ReadonlySet<string> | 'all'): boolean {
  if (doubtful === 'all') return true;
  if (doubtful.size === 0) return false;
  if (doubtful.has(network.spec.subnet) || doubtful.has(network.spec.subnet6 ?? '')) return true;
  const shares = sharesOf(network);
  return shares.kind === 'each' && shares.shares.some(({ container }) => doubtful.has(container));
}

/** The subnets and containers whose translation these steps change. */
function subnetsInDoubt(table: readonly Step[]): ReadonlySet<string> | 'all' {
  const named = new Set<string>();
  for (const step of table) {
    if (step.kind === 'table.replace') return 'all';
    if (step.kind !== 'table.change') continue;
    const { add, remove } = step.args.delta;
    for (const element of [add, remove].flatMap((side) => Object.values(side).flat())) {
      // `10.208.0.0/24 : 192.168.4.153` and `"z_a" . 10.208.0.0/24`
      for (const part of element.split(/ [.:] /)) named.add(part);
    }
  }
  return named;
}

/** The hand-made translation rules of adopted networks, last of all: ours have taken over by then. */
export function planNatRules(
  networks: readonly ResolvedNetwork[],
  rules: readonly NatRule[],
): readonly Step[] {
  return networks
    .filter(({ spec }) => spec.origin === 'adopted' && !spec.deleting)
    .flatMap(({ spec }) =>
      rules
        .filter((rule) => translatesSubnet(rule, spec.subnet))
        .map(
          (rule): Step => ({
            kind: 'nat-rule.remove',
            args: { rule },
            network: spec.name,
            why: `the iptables rule for ${rule.source} that the agent has taken over is still there`,
          }),
        ),
    );
}

/** Whether a rule was written for exactly this subnet. Wider rules are somebody's for other reasons. */
export function translatesSubnet(rule: NatRule, subnet: string): boolean {
  if (rule.target !== 'SNAT' || rule.source === null) return false;
  return rule.source === subnet;
}

/** Rules that catch the subnet among others; `doctor` shows them. */
export function touchesSubnet(rule: NatRule, subnet: string): boolean {
  if (rule.source === null) return true;
  return overlaps(
    parseCidr4(rule.source.includes('/') ? rule.source : `${rule.source}/32`),
    parseCidr4(subnet),
  );
}
