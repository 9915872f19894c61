import type { PortUse } from '@sallyport/contract/counters';
import type { TrackedFlow } from '../ports/flows.ts';

/** The kernel gives ports from 1024 on to flows whose own port is taken (nf_nat_core.c): 64,512. */
export const PORTS = 65_536 - 1_024;

/** Counts the ports of egress addresses: each (address, protocol, destination) has its own 64,512. */
export class PortCount {
  readonly #used = new Map<string, number>();

  add({ protocol, source, leaving, answering }: TrackedFlow): void {
    // What is not translated needs no port of ours.
    if (leaving.address === source.address || leaving.port === null) return;
    const key = `${leaving.address} ${protocol} ${answering.address} ${answering.port}`;
    this.#used.set(key, (this.#used.get(key) ?? 0) + 1);
  }

  /** For each address and protocol the busiest destination, busiest first. */
  busiest(): PortUse[] {
    const best = new Map<string, PortUse>();
    for (const [key, used] of this.#used) {
      const [address = '', protocol = '', to = '', port = ''] = key.split(' ');
      const before = best.get(`${address} ${protocol}`);
      if (before !== undefined && before.used >= used) continue;
      const destination = to.includes(':') ? `[${to}]:${port}` : `${to}:${port}`;
      best.set(`${address} ${protocol}`, { address, protocol, destination, used, of: PORTS });
    }
    return [...best.values()].toSorted((a, b) => b.used - a.used);
  }
}
