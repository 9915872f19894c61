import { NamespaceHandle, type NamespaceContext } from './namespace-handle.ts';
import { setSysctls } from './network/namespaces.ts';
import { planRestoreUplink, type Topology, type UplinkPlan } from './network/topology.ts';

/** The host under test, with the faults that its uplinks can have. */
export class HostHandle extends NamespaceHandle {
  readonly #topology: Topology;

  constructor(context: NamespaceContext, topology: Topology) {
    super(context);
    this.#topology = topology;
  }

  /** Gives an interface an address in the form ADDRESS/PREFIX. */
  async addAddress(device: string, cidr: string): Promise<void> {
    const nodad = cidr.includes(':') ? ['nodad'] : [];
    await this.exec('ip', ['address', 'add', cidr, 'dev', device, ...nodad]);
  }

  /** Takes an address in the form ADDRESS/PREFIX away from an interface. */
  async removeAddress(device: string, cidr: string): Promise<void> {
    await this.exec('ip', ['address', 'delete', cidr, 'dev', device]);
  }

  /** Sets an uplink down. The kernel drops its routes, the default route too. */
  async linkDown(device: string): Promise<void> {
    await this.exec('ip', ['link', 'set', this.#uplink(device).host, 'down']);
  }

  /** Sets an uplink up and restores what a host's network service would: default route, IPv6. */
  async linkUp(device: string): Promise<void> {
    const lines = planRestoreUplink(this.#topology, this.#uplink(device));
    await this.exec('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** Reverse-path filtering of every interface, present and future: 0 off, 1 strict, 2 loose. */
  async setRpFilter(mode: 0 | 1 | 2): Promise<void> {
    const { stdout } = await this.exec('ls', ['/proc/sys/net/ipv4/conf']);
    const names = stdout.split('\n').filter((name) => name !== '');
    // With a slash: an interface name may hold a dot, which sysctl reads as a separator.
    const keys = names.map((name) => [`net/ipv4/conf/${name}/rp_filter`, String(mode)] as const);
    await setSysctls(this.namespace, Object.fromEntries(keys));
  }

  #uplink(device: string): UplinkPlan {
    const uplink = this.#topology.uplinks.find(({ host }) => host === device);
    if (uplink === undefined) throw new Error(`${device} is not an uplink of the lab`);
    return uplink;
  }
}
