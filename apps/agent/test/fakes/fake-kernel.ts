import { type Cidr4, cidr4, contains, parseCidr4 } from '@sallyport/core/cidr4';
import { parseIpv4 } from '@sallyport/core/ipv4';
import type { Link, LinkAddress, Route, Rule } from '../../src/ports/routing.ts';

const MAIN_TABLE = 254;

interface FakeLink {
  readonly name: string;
  readonly index: number;
  readonly master: string | null;
  readonly loopback: boolean;
  /** IFF_UP: what `ip link set up` switches. */
  admin: boolean;
  /** IFF_LOWER_UP: a cable, or a bridge's first container. */
  carrier: boolean;
  addresses: readonly LinkAddress[];
}

/**
 * Interfaces, IPv4 routes and rules, as roughly as the agent notices them. What Linux 6.18 was seen to
 * do is kept, and held to it by the contract suite:
 * - an address brings the connected route of its prefix, unless that is a /32;
 * - removing an address takes that route away, but not routes through a gateway within it;
 * - it also takes the addresses of the same prefix away that were added later;
 * - removing the last address of an interface takes all routes through it away, in every table;
 * - so does setting the interface down; setting it up again brings back connected routes only;
 * - losing the carrier changes no route.
 */
export class FakeKernel {
  readonly #links = new Map<string, FakeLink>();
  #routes: Route[] = [];
  readonly rules = new Map<string, Rule>();
  #lastIndex = 0;

  links(): readonly Link[] {
    return [...this.#links.values()].map(({ admin, carrier, ...link }) => ({
      ...link,
      up: admin && carrier,
      mtu: 1500,
    }));
  }

  routes(): readonly Route[] {
    return [...this.#routes];
  }

  addLink(name: string, options: Partial<Pick<FakeLink, 'master' | 'loopback' | 'carrier'>> = {}) {
    if (this.#links.has(name)) throw new Error(`${name} exists`);
    this.#links.set(name, {
      name,
      index: ++this.#lastIndex,
      master: options.master ?? null,
      loopback: options.loopback ?? name === 'lo',
      admin: true,
      carrier: options.carrier ?? true,
      addresses: [],
    });
  }

  removeLink(name: string): void {
    this.#links.delete(name);
    this.#flushRoutes(name);
  }

  hasLink(name: string): boolean {
    return this.#links.has(name);
  }

  isAdminUp(name: string): boolean {
    return this.#link(name).admin;
  }

  /** @param cidr address with prefix length */
  addAddress(device: string, cidr: string): void {
    const link = this.#link(device);
    const [address = '', length] = cidr.split('/');
    const scope = link.loopback ? 'host' : 'global';
    if (link.addresses.some((held) => held.address === address && held.prefix === Number(length)))
      throw new Error(`${device} has ${cidr} already`);
    const added = { family: 'ipv4', address, prefix: Number(length), scope, flags: [] } as const;
    link.addresses = [...link.addresses, added];
    if (link.admin) this.#addConnected(link, prefixOf(added));
  }

  /** @param cidr address, with or without prefix length */
  removeAddress(device: string, cidr: string): void {
    const link = this.#link(device);
    const [address, length] = cidr.split('/');
    const gone = link.addresses.find(
      (held) =>
        held.address === address && (length === undefined || held.prefix === Number(length)),
    );
    if (gone === undefined) throw new Error(`${device} does not have ${cidr}`);
    const prefix = prefixOf(gone);
    const alike = link.addresses.filter((held) => prefixOf(held) === prefix);
    // Later addresses of a prefix are secondary; they go with the first (promote_secondaries is 0).
    const going = alike[0] === gone ? alike : [gone];
    link.addresses = link.addresses.filter((held) => !going.includes(held));
    if (link.addresses.length === 0) this.#flushRoutes(device);
    else if (going.length === alike.length) this.removeRoute(connected(device, prefix));
  }

  setAdmin(device: string, up: boolean): void {
    const link = this.#link(device);
    link.admin = up;
    if (!up) this.#flushRoutes(device);
    else for (const address of link.addresses) this.#addConnected(link, prefixOf(address));
  }

  setCarrier(device: string, carrier: boolean): void {
    this.#link(device).carrier = carrier;
  }

  /** As `ip route replace`: one route for each table, prefix and metric. @throws Error in ip's words */
  putRoute(route: Route): void {
    if (route.type === 'unicast') this.#refuseRoute(route);
    const index = this.#routes.findIndex((one) => isSamePlace(one, route));
    if (index < 0) this.#routes.push(route);
    else this.#routes[index] = route;
  }

  /** Fine where there is none, or another one in its place. */
  removeRoute(route: Route): void {
    const index = this.#routes.findIndex(
      (one) =>
        isSamePlace(one, route) && one.device === route.device && one.gateway === route.gateway,
    );
    if (index >= 0) this.#routes.splice(index, 1);
  }

  #refuseRoute({ device, gateway, onlink, table }: Route): void {
    if (device === null || !this.#links.has(device)) throw new Error(`Cannot find device`);
    if (!this.#link(device).admin) throw new Error('Network is down');
    if (gateway === null || onlink) return;
    const reachable = this.routes().some(
      (route) =>
        route.scope === 'link' &&
        route.device === device &&
        (route.table === MAIN_TABLE || route.table === table) &&
        contains(parseCidr4(route.destination), parseIpv4(gateway)),
    );
    if (!reachable) throw new Error('Nexthop has invalid gateway');
  }

  #addConnected({ name, loopback }: FakeLink, prefix: Cidr4): void {
    // The routes of lo are in the table `local`, which nobody of ours looks at.
    if (loopback || prefix.endsWith('/32')) return;
    const route = connected(name, prefix);
    // The kernel's own routes stand beside those of the same prefix on other interfaces.
    if (!this.#routes.some((one) => isSamePlace(one, route) && one.device === name))
      this.#routes.push(route);
  }

  #flushRoutes(device: string): void {
    this.#routes = this.#routes.filter((route) => route.device !== device);
  }

  #link(name: string): FakeLink {
    const link = this.#links.get(name);
    if (link === undefined) throw new Error(`Cannot find device ${name}`);
    return link;
  }
}

function connected(device: string, destination: Cidr4): Route {
  return {
    table: MAIN_TABLE,
    type: 'unicast',
    destination,
    device,
    gateway: null,
    metric: 0,
    scope: 'link',
    onlink: false,
  };
}

function prefixOf({ address, prefix }: LinkAddress): Cidr4 {
  return cidr4(parseIpv4(address), prefix);
}

function isSamePlace(a: Route, b: Route): boolean {
  return a.table === b.table && a.destination === b.destination && a.metric === b.metric;
}
