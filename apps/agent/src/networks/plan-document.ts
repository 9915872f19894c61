import type { Change, Document } from '@sallyport/contract/document';
import { SallyportError } from '@sallyport/contract/errors';
import { formatBitRate } from '@sallyport/core/bandwidth';
import type { NetworkSpec } from '@sallyport/core/network';
import { withFormer } from './former-addresses.ts';
import type { Surroundings } from './refusals.ts';
import { type Defaults, wishToAdopt, wishToCreate, wishToUpdate } from './wishes.ts';

/** What a document would change, and the networks that it would leave. */
export interface DocumentPlan {
  readonly changes: readonly Change[];
  readonly specs: readonly NetworkSpec[];
}

type Wish = Document['networks'][number];

interface PlannedNetwork {
  readonly change: Change;
  readonly spec: NetworkSpec;
}

/**
 * Pure: the whole document is checked before anything of it is done; each network sees those that
 * come before it, so that subnets of the pool are not given twice.
 * @throws SallyportError for the first network that can't be
 */
export function planDocument(
  document: Document,
  surroundings: Surroundings,
  options: { readonly defaults: Defaults; readonly prune: boolean },
): DocumentPlan {
  const planned: PlannedNetwork[] = [];
  const specs = new Map(surroundings.specs.map((spec) => [spec.name, spec]));
  for (const wish of document.networks) {
    const next = planOne(wish, { ...surroundings, specs: [...specs.values()] }, options.defaults);
    specs.set(next.spec.name, next.spec);
    planned.push(next);
  }
  const named = new Set(document.networks.map(({ name }) => name));
  const others = surroundings.specs.filter(({ name }) => !named.has(name));
  const rest = others.map(
    (spec): PlannedNetwork => ({
      spec: { ...spec, deleting: spec.deleting || options.prune },
      change: { action: options.prune ? 'delete' : 'extra', network: spec.name, details: [] },
    }),
  );
  const all = [...planned, ...rest];
  return { changes: all.map(({ change }) => change), specs: all.map(({ spec }) => spec) };
}

function planOne(wish: Wish, surroundings: Surroundings, defaults: Defaults): PlannedNetwork {
  const existing = surroundings.specs.find(({ name }) => name === wish.name);
  if (existing !== undefined) {
    const { spec, change } = planUpdate(existing, wish, surroundings);
    return { spec: withFormer(existing, spec, defaults.now()), change };
  }
  const byHand = surroundings.docker.some(({ name }) => name === wish.name);
  const spec = byHand
    ? wishToAdopt(wish, surroundings, defaults)
    : wishToCreate(wish, surroundings, defaults);
  const action = byHand ? 'adopt' : 'create';
  refuseOtherSubnet(spec, wish);
  return { spec, change: { action, network: spec.name, details: [...describe(spec)] } };
}

function planUpdate(existing: NetworkSpec, wish: Wish, surroundings: Surroundings): PlannedNetwork {
  if (existing.deleting) {
    throw new SallyportError('network_in_use', `The network ${existing.name} is being deleted.`, {
      remedy: 'Try again when it is gone.',
    });
  }
  refuseOtherSubnet(existing, wish);
  const {
    egress,
    fallback,
    assign,
    onChange,
    route,
    gateway,
    gateway6,
    dns,
    destinations,
    bandwidth,
    strict,
  } = wish;
  const spec = wishToUpdate(
    existing,
    {
      egress,
      fallback,
      assign,
      onChange,
      route,
      gateway,
      gateway6,
      destinations,
      bandwidth,
      strict,
      dns: dns === null ? [...existing.dns] : dns,
    },
    surroundings,
  );
  const before = describe(existing);
  const details = describe(spec)
    .map((line, index) => [before[index], line] as const)
    .filter(([was, is]) => was !== is)
    .map(([was, is]) => `${was} -> ${is?.slice(is.indexOf(': ') + 2)}`);
  const action = details.length === 0 ? 'unchanged' : 'update';
  return { spec, change: { action, network: spec.name, details } };
}

function refuseOtherSubnet(spec: NetworkSpec, wish: Wish): void {
  refuseOther(spec.name, spec.subnet, wish.subnet);
  refuseOther(spec.name, spec.subnet6, wish.subnet6);
}

function refuseOther(name: string, has: string | null, wanted: string | null): void {
  if (wanted === null || wanted === has) return;
  throw new SallyportError(
    'subnet_overlap',
    `The network ${name} has ${has === null ? 'no IPv6 subnet' : `the subnet ${has}`}; that can not be changed to ${wanted}.`,
    { remedy: 'Leave the subnet out, or delete the network first.' },
  );
}

function describe({
  egress,
  fallback,
  assign,
  onChange,
  route,
  gateway,
  gateway6,
  subnet,
  subnet6,
  dns,
  destinations,
  bandwidth: { upload, download },
  strict,
}: NetworkSpec): readonly string[] {
  return [
    `egress: ${[...egress.ipv4, ...egress.ipv6].join(', ')}`,
    `fallback: ${fallback.join(', ') || 'none'}`,
    `assign: ${assign}`,
    `on change: ${onChange}`,
    `route: ${route}`,
    `gateway: ${gateway ?? 'found'}`,
    `IPv6 gateway: ${gateway6 ?? 'found'}`,
    `subnet: ${subnet}`,
    `IPv6 subnet: ${subnet6 ?? 'none'}`,
    `dns: ${dns.join(', ') || 'none'}`,
    `destinations: ${destinations.preset}`,
    `allow: ${destinations.allow.join(', ') || 'nothing'}`,
    `deny: ${destinations.deny.join(', ') || 'nothing'}`,
    `host services: ${destinations.hostServices.join(', ') || 'none'}`,
    `upload: ${upload === null ? 'not limited' : formatBitRate(upload)}`,
    `download: ${download === null ? 'not limited' : formatBitRate(download)}`,
    `strict: ${strict ? 'yes' : 'no'}`,
  ];
}
