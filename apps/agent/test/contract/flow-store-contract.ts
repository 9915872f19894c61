import { describe, expect, test } from 'vitest';
import type { FlowRecord, FlowStore } from '../../src/ports/flows.ts';
import { flowOf, putAll, recordOf } from '../flows/sample-flows.ts';

/** What every store of flows does. */
export function describeFlowStore(name: string, create: () => Promise<FlowStore>): void {
  describe(`flow store: ${name}`, () => {
    const gap: FlowRecord = { kind: 'gap', at: 900, reason: 'the agent began to watch' };

    test('gives back what was put in, in order', async () => {
      const store = await create();
      const records = [gap, recordOf('start', 1_000), recordOf('end', 2_000)];
      await putAll(store, records.slice(0, 1));
      await putAll(store, records.slice(1));
      expect(await all(store, {})).toEqual(records);
    });

    test('finds a flow by both of its own ends, with their ports, and by nothing else', async () => {
      const store = await create();
      const other = recordOf('start', 1_500, flowOf({ id: 2, leaving: { port: 2_000 } }));
      const record = recordOf('start', 1_000);
      await putAll(store, [record, other]);
      expect(await all(store, { address: '192.168.4.153', port: 34_567 })).toEqual([record]);
      expect(await all(store, { address: '172.19.0.2', port: 4_242 })).toEqual([record, other]);
      expect(await all(store, { address: '192.168.4.153' })).toEqual([record, other]);
      expect(await all(store, { port: 2_000 })).toEqual([other]);
      // The port of the one end with the address of the other; a part of an address; the destination.
      expect(await all(store, { address: '192.168.4.153', port: 4_242 })).toEqual([]);
      expect(await all(store, { address: '192.168.4.15' })).toEqual([]);
      expect(await all(store, { address: '198.51.100.10' })).toEqual([]);
      expect(await all(store, { port: 443 })).toEqual([]);
    });

    test('keeps flows without ports, containers and counts', async () => {
      const store = await create();
      const flow = { ...flowOf({ leaving: { port: null } }), sent: null, received: null };
      const record = { ...recordOf('open', 1_000, flow), container: null, startedAt: null };
      await putAll(store, [record]);
      expect(await all(store, { address: '192.168.4.153' })).toEqual([record]);
    });

    test('tells gaps whoever is asked for', async () => {
      const store = await create();
      await putAll(store, [gap]);
      expect(await all(store, { address: '192.0.2.1' })).toEqual([gap]);
    });
  });
}

/** Oldest first. */
async function all(
  store: FlowStore,
  wanted: Parameters<FlowStore['read']>[0],
): Promise<readonly FlowRecord[]> {
  const pieces: (readonly FlowRecord[])[] = [];
  for await (const piece of store.read(wanted)) pieces.unshift(piece);
  return pieces.flat();
}
