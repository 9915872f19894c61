import type { FlowGap, FlowRecord, FlowStore, Peer, TrackedFlow } from '../../src/ports/flows.ts';

interface Differences {
  readonly id?: number;
  readonly source?: Partial<Peer>;
  readonly leaving?: Partial<Peer>;
}

/** A flow of the guide's first network. */
export function flowOf({ id = 1, source = {}, leaving = {} }: Differences = {}): TrackedFlow {
  const destination = { address: '198.51.100.10', port: 443 };
  return {
    id,
    protocol: 'tcp',
    source: { address: '172.19.0.2', port: 4_242, ...source },
    destination,
    answering: destination,
    leaving: { address: '192.168.4.153', port: 34_567, ...leaving },
    sent: { packets: 5, bytes: 320 },
    received: { packets: 4, bytes: 4_000 },
  };
}

/** Its record; it began at 1000. */
export function recordOf(
  kind: 'start' | 'open' | 'end',
  at: number,
  flow = flowOf(),
): Exclude<FlowRecord, FlowGap> {
  const container = { id: 'c0ffee', name: 'alpha' };
  return { kind, at, startedAt: 1_000, flow, network: 'z_custom_a', container };
}

/** Puts records into a store, as one write. */
export async function putAll(store: FlowStore, records: readonly FlowRecord[]): Promise<void> {
  for (const record of records) store.add(record);
  await store.flush();
}
