import type { FlowRecord, FlowStore, Peer } from '../../src/ports/flows.ts';

/** Flows in memory, in one piece. */
export class FakeFlowStore implements FlowStore {
  records: readonly FlowRecord[] = [];
  waiting = 0;
  #added: FlowRecord[] = [];

  add(record: FlowRecord): void {
    this.#added.push(record);
    this.waiting += JSON.stringify(record).length;
  }

  async flush(): Promise<void> {
    this.records = [...this.records, ...this.#added];
    this.#added = [];
    this.waiting = 0;
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
