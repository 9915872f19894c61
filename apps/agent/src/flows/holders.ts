import type { RunningContainer } from '../ports/containers.ts';

/** A container that has or had an address. */
export interface Holder {
  readonly id: string;
  readonly name: string;
}

interface Tenure {
  readonly holder: Holder;
  /** Epoch milliseconds at which it was first and last seen with the address. */
  readonly seen: number;
  gone: number | null;
}

/** A container's packets can be seen before Docker tells of it. */
const EARLY_MS = 5_000;
/** Of an address that was given away, so many holders are remembered. */
const REMEMBERED = 4;
/** Containers that are gone for so long are forgotten. */
const FORGET_MS = 10 * 60 * 1_000;

/** Which container had an address at which time. Docker tells who is there; the rest is remembered. */
export class Holders {
  readonly #tenures = new Map<string, Tenure[]>();

  /** @param containers all that run now */
  update(containers: readonly RunningContainer[], now: number): void {
    const present = new Map<string, Holder>();
    for (const { id, name, endpoints } of containers) {
      for (const { ipv4, ipv6 } of endpoints) {
        for (const address of [ipv4, ipv6]) if (address !== '') present.set(address, { id, name });
      }
    }
    for (const [address, tenures] of this.#tenures) {
      const last = tenures.at(-1);
      const holder = present.get(address);
      const stays = last?.gone === null && same(last.holder, holder);
      if (last !== undefined && last.gone === null && !stays) last.gone = now;
      if (stays) present.delete(address);
      const forgotten = last !== undefined && last.gone !== null && now - last.gone > FORGET_MS;
      if (forgotten && holder === undefined) this.#tenures.delete(address);
    }
    for (const [address, holder] of present) {
      const earlier = this.#tenures.get(address) ?? [];
      this.#tenures.set(address, [
        ...earlier.slice(1 - REMEMBERED),
        { holder, seen: now, gone: null },
      ]);
    }
  }

  /** null: nobody is known to have had the address then. */
  at(address: string, time: number): Holder | null {
    const tenures = this.#tenures.get(address) ?? [];
    const tenure =
      tenures.findLast(({ seen, gone }) => seen <= time && (gone === null || time <= gone)) ??
      tenures.find(({ seen }) => time < seen && seen - time <= EARLY_MS);
    return tenure?.holder ?? null;
  }
}

function same(a: Holder, b: Holder | undefined): boolean {
  return a.id === b?.id && a.name === b.name;
}
