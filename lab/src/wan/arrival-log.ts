import type { Arrival, ArrivalFilter, ArrivalReport } from './arrival.ts';

function fits(arrival: Arrival, filter: ArrivalFilter): boolean {
  return (
    (filter.since === undefined || arrival.at >= filter.since) &&
    (filter.until === undefined || arrival.at <= filter.until) &&
    (filter.service === undefined || arrival.service === filter.service) &&
    (filter.source === undefined || arrival.source === filter.source) &&
    (filter.tag === undefined || arrival.tag.includes(filter.tag))
  );
}

/** The arrivals that came last, up to a limit, oldest first. */
export class ArrivalLog {
  readonly #limit: number;
  #entries: Arrival[] = [];
  #forgotten = 0;
  #forgottenUntil = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds an arrival; its tag may still be filled in by the service that owns it. */
  add(arrival: Arrival): void {
    this.#entries.push(arrival);
    // In big steps: moving the whole list for every arrival would be quadratic.
    if (this.#entries.length >= this.#limit * 2) {
      this.#forgotten += this.#entries.length - this.#limit;
      this.#forgottenUntil = this.#entries.at(-this.#limit - 1)?.at ?? 0;
      this.#entries = this.#entries.slice(-this.#limit);
    }
  }

  /** What came and fits. */
  query(filter: ArrivalFilter): ArrivalReport {
    return {
      arrivals: this.#entries.filter((arrival) => fits(arrival, filter)),
      forgotten: this.#forgotten,
      forgottenUntil: this.#forgottenUntil,
    };
  }
}
