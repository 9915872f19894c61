import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentOptions, AgentProcess } from '@sallyport/lab/agent-process';
import type { LabContainer } from '@sallyport/lab/docker/container';
import type { Packet } from '@sallyport/lab/capture/packet';
import { type Lab, upLab, type UpOptions } from '@sallyport/lab/lab';
import {
  findLeaks,
  type FlowExpectation,
  type Leak,
  type OwnedAddress,
  renderLeaks,
} from '@sallyport/lab/oracle';

/** The guide's two networks as the API takes them, and where their packets must be seen. */
export const A = {
  name: 'z_custom_a',
  egress: { ipv4: ['192.168.4.153'] },
  address: '192.168.4.153',
  uplink: 'enp0s3',
} as const;
export const B = {
  name: 'z_custom_b',
  egress: { ipv4: ['192.168.56.103'] },
  gateway: '192.168.56.1',
  address: '192.168.56.103',
  uplink: 'enp0s8',
} as const;

/** A container with a destination of its own, by which the capture knows its packets. */
export interface Subject {
  readonly container: LabContainer;
  readonly target: string;
}

/** How a subject is started. */
export interface SubjectOptions {
  /** Its command sends all kinds of traffic to its own target until it ends; options of it, if not true. */
  readonly load?: boolean | readonly string[];
  /** More options of `docker run`. */
  readonly extra?: readonly string[];
}

/** A lab with the agent running in its host, and the oracle. */
export class World {
  readonly lab: Lab;
  readonly agent: AgentProcess;
  #targets = 0;
  #moreOwned: readonly OwnedAddress[] = [];

  constructor(lab: Lab, options: AgentOptions = {}) {
    this.lab = lab;
    this.agent = new AgentProcess(lab, options);
  }

  /** Both networks of the guide, made over the API. */
  async createGuideNetworks(): Promise<void> {
    await this.agent.call('createNetwork', {
      body: { name: A.name, egress: { ipv4: [...A.egress.ipv4] } },
    });
    await this.agent.call('createNetwork', {
      body: { name: B.name, egress: { ipv4: [...B.egress.ipv4] }, gateway: B.gateway },
    });
  }

  /** A new address of the machine beyond, with all services. */
  async newTarget(): Promise<string> {
    this.#targets += 1;
    const target = `198.51.100.${20 + this.#targets}`;
    await this.lab.wan.addServiceAddress(`${target}/32`);
    return target;
  }

  /** A container on a network, idle unless it is to send the load, with a target of its own. */
  async subject(name: string, network: string, options: SubjectOptions = {}): Promise<Subject> {
    const { load = false, extra = [] } = options;
    const target = await this.newTarget();
    const loadOptions = typeof load === 'boolean' ? ['--report-ms', '200'] : load;
    const command = ['traffic', 'load', '--target', target, '--tag', name, ...loadOptions];
    const container = await this.lab.runContainer({
      name,
      network,
      dns: [target],
      extra,
      ...(load === false ? {} : { command }),
    });
    return { container, target };
  }

  /** Gives the host one more address, ADDRESS/PREFIX, that the oracle then knows as its own. */
  async addOwnAddress(uplink: string, cidr: string): Promise<void> {
    await this.lab.host.addAddress(uplink, cidr);
    const address = cidr.replace(/\/.*$/, '');
    this.#moreOwned = [...this.#moreOwned, { address, uplink }];
  }

  /** Every address of the host on its uplinks. */
  get owned(): readonly OwnedAddress[] {
    return [...this.lab.ownedAddresses, ...this.#moreOwned];
  }

  /** What should not have been seen since then. */
  async leaks(since: number, flows: readonly FlowExpectation[] = []): Promise<readonly Leak[]> {
    const packets = await this.lab.capture.packets({ since });
    return findLeaks(packets, { owned: this.owned, bound: [B.address], flows });
  }

  /** The same without the host's own refusals of late replies, for tests that end flows. */
  async containerLeaks(since: number, flows: readonly FlowExpectation[]): Promise<readonly Leak[]> {
    const owned = new Set(this.owned.map(({ address }) => address));
    return (await this.leaks(since, flows)).filter(({ packet }) => !isRefusal(packet, owned));
  }

  /** How a network stands. */
  async stateOf(name: string): Promise<string> {
    return (await this.agent.call('showNetwork', { params: { name } })).state;
  }

  /** Takes an address away; answers the time when what was on its way in the kernel is through. */
  async removeAddress(device: string, cidr: string): Promise<number> {
    await this.lab.host.removeAddress(device, cidr);
    await sleep(20);
    return Date.now();
  }

  /** How many packets of a subject were seen since then, by any source. */
  async packetsTo(target: string, since: number): Promise<number> {
    return (await this.lab.capture.packets({ since, destination: target })).length;
  }

  /** Takes everything down, and shows what the agent complained about. */
  async down(): Promise<void> {
    for (const line of await this.agent.complaints()) console.log(`agent: ${line}`);
    await this.lab.down();
  }

  /** Runs `ip`, `nft` or another program in the host under test; its output. */
  async host(program: string, ...args: readonly string[]): Promise<string> {
    return (await this.lab.host.exec(program, args)).stdout;
  }
}

/** ICMP type 3, destination unreachable (RFC 792). */
const UNREACHABLE = 3;

/**
 * The host's own refusal of a late reply: after a flow was ended, or while nobody translates replies
 * back, these reach the host itself, which answers RST or "port unreachable" by an address of its own
 * (docs/adr/0009). No container has sent these packets.
 */
function isRefusal(
  { protocol, tcpFlags, payload, source }: Packet,
  owned: ReadonlySet<string>,
): boolean {
  if (!owned.has(source)) return false;
  return protocol === 'tcp'
    ? tcpFlags?.includes('R') === true
    : protocol === 'icmp' && payload[0] === UNREACHABLE;
}

/** Puts a lab up, with the agent. The name must be unique on the machine. */
export async function upWorld(name: string, options: Omit<UpOptions, 'name'> = {}): Promise<World> {
  const world = new World(await upLab({ ...options, name: `e2e-${name}-${process.pid}` }));
  try {
    await world.agent.start();
    return world;
  } catch (error) {
    await world.lab.down();
    throw error;
  }
}

/** What the packets of a subject on a network must look like. */
export function flowOf(
  subject: Subject,
  place: { readonly address: string; readonly uplink?: string },
): FlowExpectation {
  return {
    name: subject.container.name,
    destination: subject.target,
    sources: [place.address],
    ...(place.uplink === undefined ? {} : { uplink: place.uplink }),
  };
}

/** Nothing may leave. */
export function silent(subject: Subject): FlowExpectation {
  return { name: subject.container.name, destination: subject.target, sources: [] };
}

/** As a text, so that a failed expectation says what leaked. */
export function told(leaks: readonly Leak[]): string {
  return renderLeaks(leaks);
}

/** Waits until it is so. @throws Error that says what was waited for */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<number> {
  const begun = performance.now();
  while (!(await isSo())) {
    if (performance.now() - begun > timeoutMs)
      throw new Error(`waited ${timeoutMs} ms until ${what}`);
    await sleep(20);
  }
  return performance.now() - begun;
}
