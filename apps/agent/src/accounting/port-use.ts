import type { PortUse } from '@sallyport/contract/counters';
import { ownText } from '../flows/own-text.ts';
import type { TrackedFlow } from '../ports/flows.ts';

/**
 * How many ports the kernel has for a flow whose own port is taken: it stays within the range of that port
 * (nf_nat_core.c, nf_nat_l4proto_unique_tuple).
 */
function rangeOf(port: number): number {
  if (port < 512) return 511;
  if (port < 1_024) return 1_024 - 600;
  return 65_536 - 1_024;
}

/** Ports of one egress address towards one destination, by one protocol, in one range. */
export interface PortSlot {
  readonly address: string;
  readonly protocol: string;
  readonly destination: string;
  readonly of: number;
  used: number;
}

/** From here on a slot is scarce, until it is ample again: a figure that swings about one limit is told once. */
const SCARCE = 0.8;
const AMPLE = 0.7;

/** Counts the ports of egress addresses that flows use. */
export class PortBook {
  readonly #slots = new Map<string, PortSlot>();
  readonly #scarce = new Set<PortSlot>();
  readonly #onScarce: (slot: PortSlot, scarce: boolean) => void;

  /** @param onScarce told when ports of a slot begin to run out, and when there are enough again */
  constructor(onScarce: (slot: PortSlot, scarce: boolean) => void = () => undefined) {
    this.#onScarce = onScarce;
  }

  /** Counts a flow; what it answers is to be given to {@link release} at its end. null: it takes no port. */
  take({ protocol, source, leaving, answering }: TrackedFlow): PortSlot | null {
    // What is not translated needs no port of ours.
    if (leaving.address === source.address || leaving.port === null) return null;
    const of = rangeOf(leaving.port);
    const destination = shown(answering.address, answering.port);
    const key = `${leaving.address} ${protocol} ${destination} ${of}`;
    const slot = this.#slots.get(key) ?? {
      address: ownText(leaving.address),
      protocol: ownText(protocol),
      destination: ownText(destination),
      of,
      used: 0,
    };
    if (slot.used === 0) this.#slots.set(key, slot);
    slot.used += 1;
    if (slot.used >= slot.of * SCARCE && !this.#scarce.has(slot)) {
      this.#scarce.add(slot);
      this.#onScarce(slot, true);
    }
    return slot;
  }

  release(slot: PortSlot): void {
    slot.used -= 1;
    if (slot.used < slot.of * AMPLE && this.#scarce.delete(slot)) this.#onScarce(slot, false);
    if (slot.used > 0) return;
    const { address, protocol, destination, of } = slot;
    this.#slots.delete(`${address} ${protocol} ${destination} ${of}`);
  }

  /** Those of which the ports run out. */
  scarce(): readonly PortSlot[] {
    return [...this.#scarce];
  }

  /** For each address and protocol the destination with the largest share in use, the largest first. */
  busiest(): PortUse[] {
    const best = new Map<string, PortUse>();
    for (const slot of this.#slots.values()) {
      const key = `${slot.address} ${slot.protocol}`;
      const before = best.get(key);
      if (before === undefined || share(slot) > share(before)) best.set(key, { ...slot });
    }
    return [...best.values()].toSorted((a, b) => share(b) - share(a));
  }
}

function share({ used, of }: Pick<PortUse, 'used' | 'of'>): number {
  return used / of;
}

function shown(address: string, port: number | null): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
