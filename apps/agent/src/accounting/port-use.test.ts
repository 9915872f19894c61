import { describe, expect, it, vi } from 'vitest';
import { flowOf } from '../../test/flows/sample-flows.ts';
import { PortBook, type PortSlot } from './port-use.ts';

/** Flows to one destination, each by a port of its own, from this port on. */
const flows = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) =>
    flowOf({ id: index, leaving: { address: '192.168.4.153', port: first + index } }),
  );

/** 80 % and 70 % of the 511 ports below 512. */
const [SCARCE, AMPLE] = [409, 358];

function watched() {
  const told = vi.fn<(slot: PortSlot, scarce: boolean) => void>();
  const book = new PortBook(told);
  const taken: PortSlot[] = [];
  const take = (count: number) => {
    for (const flow of flows(count)) taken.push(book.take(flow) ?? fail());
  };
  const release = (count: number) => taken.splice(0, count).forEach((slot) => book.release(slot));
  const heard = () => told.mock.calls.map(([, scarce]) => scarce);
  return { book, take, release, heard };
}

function fail(): never {
  throw new Error('a translated flow takes a port');
}

describe('ports that run out', () => {
  it('are told at 80 % and not before', () => {
    const { book, take, heard } = watched();
    take(SCARCE - 1);
    expect([heard(), book.scarce()]).toEqual([[], []]);
    take(1);
    expect(heard()).toEqual([true]);
    expect(book.scarce()).toMatchObject([{ address: '192.168.4.153', used: SCARCE, of: 511 }]);
  });

  it('are told once while the figure swings, and again when they are enough', () => {
    const { book, take, release, heard } = watched();
    take(SCARCE);
    release(10);
    take(10);
    expect(heard()).toEqual([true]);
    release(SCARCE - AMPLE + 1);
    expect(heard()).toEqual([true, false]);
    expect(book.scarce()).toEqual([]);
  });

  it.each([
    [511, 511],
    [512, 424],
    [1_023, 424],
    [1_024, 64_512],
  ])('are those of the range of port %i: %i', (port, of) => {
    expect(new PortBook().take(flowOf({ leaving: { address: '192.168.4.153', port } }))?.of).toBe(
      of,
    );
  });

  it('leave nothing behind when all flows have ended', () => {
    const { book, take, release } = watched();
    take(20);
    expect(book.busiest()).toMatchObject([{ used: 20 }]);
    release(20);
    expect(book.busiest()).toEqual([]);
  });

  it('are not those of a flow that is not translated', () => {
    const untranslated = flowOf({ leaving: { address: '172.19.0.2', port: 4_242 } });
    expect(new PortBook().take(untranslated)).toBeNull();
  });

  it('are compared by their share', () => {
    const book = new PortBook();
    for (const flow of flows(100)) book.take(flow);
    for (const flow of flows(200, 2_000)) book.take(flow);
    expect(book.busiest()).toMatchObject([{ used: 100, of: 511 }]);
  });
});
