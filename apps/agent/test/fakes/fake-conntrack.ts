import { addressValue, inPrefix, type Prefix } from '@sallyport/core/prefix';
import type { Conntrack, FlowsRequest } from '../../src/ports/host.ts';
import type { Mutations } from './mutations.ts';

/** A flow as far as its end is decided: the container, and the address by which it leaves its network. */
export interface FakeFlow {
  readonly source: string;
  readonly leaving: string;
  /** An address beyond where it does not matter. */
  readonly destination?: string;
  /** UDP port; that of echo where it does not matter. */
  readonly port?: number;
}

/** Flows that a test has put there. */
export class FakeConntrack implements Conntrack {
  readonly #mutations: Mutations;
  flows: readonly FakeFlow[] = [];

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  endFlows(requests: readonly FlowsRequest[]): Promise<number> {
    return this.#mutations.mutate('conntrack.endFlows', () => {
      const kept = this.flows.filter((flow) => !requests.some((request) => ends(request, flow)));
      const ended = this.flows.length - kept.length;
      this.flows = kept;
      return ended;
    });
  }

  async version(): Promise<string> {
    return '1.4.7';
  }
}

function ends({ subnet, keep, keepEach, denied, excepted }: FlowsRequest, flow: FakeFlow): boolean {
  const { source, leaving, destination = '198.51.100.10', port = 7 } = flow;
  if (!inPrefix(source, subnet as Prefix)) return false;
  if (!keep.includes(leaving) && keepEach?.get(source) !== leaving) return true;
  const to = addressValue(destination);
  return (
    denied.some(({ first, last }) => first <= to && to <= last) &&
    !excepted.includes(`${destination} udp/${port}`)
  );
}
