import { routeText, ruleText } from '../../src/plan/plan-routing.ts';
import type { DockerNetwork } from '../../src/ports/docker.ts';
import type { Shape, Shaping } from '../../src/ports/shaping.ts';
import type { Link } from '../../src/ports/routing.ts';
import type { FakeConntrack } from './fake-conntrack.ts';
import type { FakeDocker } from './fake-docker.ts';
import { DOCKERS_FORWARD, type FakeIptables } from './fake-iptables.ts';
import type { FakeKernel } from './fake-kernel.ts';
import type { FakeNft } from './fake-nft.ts';
import type { FakeSysctl } from './fake-sysctl.ts';

/** The parts of a fake host that can be seen. */
interface Visible {
  readonly kernel: FakeKernel;
  readonly nft: FakeNft;
  readonly docker: FakeDocker;
  readonly sysctl: FakeSysctl;
  readonly iptables: FakeIptables;
  readonly conntrack: FakeConntrack;
  readonly shaping: Shaping;
}

/** Text that any network engineer can review: links, rules, routes, table, Docker, and the rest. */
export async function dumpHost(host: Visible): Promise<string> {
  const { kernel, sysctl, iptables, conntrack, shaping } = host;
  const rules = [...kernel.rules.values()].toSorted((a, b) => a.priority - b.priority);
  return [
    ...section('ip link', kernel.links().map(linkText).toSorted()),
    ...section('ip rule', rules.map(ruleText)),
    ...section('ip route', kernel.routes().map(routeText).toSorted(byTable)),
    ...section('nft', await tableLines(host)),
    ...section('docker network', host.docker.known.map(networkText)),
    ...section(
      'sysctl',
      [...sysctl.values].map(([path, value]) => `net/${path} = ${value}`),
    ),
    ...section('tc', (await shaping.observe()).map(shapeText).toSorted()),
    ...section('iptables FORWARD', forwardLines(iptables)),
    ...section('iptables DOCKER-USER', (iptables.dockerUser ?? [['(no chain)']]).map(joined)),
    ...section(
      'iptables nat POSTROUTING',
      iptables.nat.map(({ spec }) => joined(spec)),
    ),
    ...section(
      'conntrack',
      conntrack.flows.map(({ source, leaving }) => `${source} leaves as ${leaving}`),
    ),
  ].join('\n');
}

function shapeText({ bridge, rate }: Shape): string {
  return `${bridge}: ${rate} bytes a second`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# ${title}`, ...lines, ''];
}

function linkText({ name, up, addresses }: Link): string {
  const held = addresses.map(({ address, prefix }) => `${address}/${prefix}`);
  return [name, up ? 'up' : 'down', ...held].join(' ');
}

/** Tables by number, the default route of each last. */
function byTable(a: string, b: string): number {
  const key = (text: string) => {
    const table = /table (\d+)/.exec(text)?.[1]?.padStart(5, '0') ?? '';
    const place = text.startsWith('unreachable') ? '2' : text.startsWith('default') ? '1' : '0';
    return `${table} ${place} ${text}`;
  };
  return key(a) < key(b) ? -1 : 1;
}

/** Elements only: chains are the same on every host and have a golden test of their own. */
async function tableLines({ nft }: Visible): Promise<readonly string[]> {
  const listing = await nft.listTable();
  if (listing === null) return [];
  return Object.entries(listing.elements).flatMap(([name, elements]) =>
    elements.length === 0 ? [`${name}: -`] : [`${name}:`, ...elements.map((one) => `  ${one}`)],
  );
}

/** Only what is not as Docker leaves it: texts of whole hosts are about us. */
function forwardLines({ forward }: FakeIptables): readonly string[] {
  if (forward === null) return ['(no iptables)'];
  if (JSON.stringify(forward) === JSON.stringify(DOCKERS_FORWARD)) return [];
  return [forward.policy, ...forward.jumps];
}

function networkText(network: DockerNetwork): string {
  const { name, driver, bridge, subnets, gateway, masquerade, icc, reserved, labels } = network;
  const pairs = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).map(([key, value]) => ` ${key}=${value}`);
  return [
    `${name}: ${driver} ${bridge} ${subnets.join(',')} gateway ${gateway ?? '-'}`,
    `${masquerade ? ' masquerade' : ''}${icc ? ' icc' : ''}`,
    ...pairs(reserved),
    ...pairs(labels),
  ].join('');
}

function joined(spec: readonly string[]): string {
  return spec.join(' ');
}
