import type { FlowRecord, FlowStore, Peer } from '../../src/ports/flows.ts';

/** Flows in memory, in one piece. */
export class FakeFlowStore implements FlowStore {
  records: readonly FlowRecord[] = [];

  async append(records: readonly FlowRecord[]): Promise<void> {
    this.records = [...this.records, ...records];
  }

  async *read({ address, port }: Partial<Peer>): AsyncIterable<readonly FlowRecord[]> {
    yield this.records.filter(
      (record) =>
        record.kind === 'gap' ||
        [record.flow.source, record.flow.leaving].some(
          (peer) =>
            (address === undefined || peer.address === address) &&
            (port === undefined || peer.port === port),
        ),
    );
  }
}
