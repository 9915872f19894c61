import { describe, expect, it, vi } from 'vitest';
import { FakeKept } from '../../test/fakes/fake-kept.ts';
import { flowOf } from '../../test/flows/sample-flows.ts';
import type { TrackedFlow } from '../ports/flows.ts';
import { CounterBook, type StoredCounters, storedCountersSchema } from './counter-book.ts';

const ALPHA = { network: 'z_custom_a', container: { id: 'c0ffee', name: 'alpha' } };
const NAMES = ['z_custom_a', 'z_custom_b'];

function look(living: readonly TrackedFlow[]) {
  const all = async function* () {
    yield* living;
  };
  return { living: all(), originOf: () => ALPHA, names: NAMES };
}

function agents() {
  const kept = new FakeKept<StoredCounters>();
  const onFailure = vi.fn<(error: unknown) => void>();
  const start = async (since = 1_000) => {
    const book = new CounterBook({ kept, since, onFailure });
    await book.load();
    return book;
  };
  return { kept, start, onFailure };
}

const packets = async (book: CounterBook, living: readonly TrackedFlow[]) => {
  const { networks } = await book.view(look(living));
  return networks.map(({ sent }) => sent.packets);
};

/** A flow that has sent so many packets. */
const sent = (count: number, id = 1): TrackedFlow => ({
  ...flowOf({ id }),
  sent: { packets: count, bytes: count * 60 },
});

describe('counters', () => {
  it('go on over the life of an agent', async () => {
    const { start } = agents();
    const first = await start();
    first.totals.ended(ALPHA, sent(5));
    expect(await packets(first, [sent(2, 2)])).toEqual([7, 0]);
    const second = await start(9_000);
    expect((await second.view(look([sent(3, 2)]))).since).toBe(1_000);
    expect(await packets(second, [sent(3, 2)])).toEqual([8, 0]);
  });

  it('do not go back where a flow ended while nobody looked, and count on from there', async () => {
    const { start } = agents();
    expect(await packets(await start(), [sent(100)])).toEqual([100, 0]);
    const next = await start();
    await next.makeUp(look([]));
    expect(await packets(next, [])).toEqual([100, 0]);
    expect(await packets(next, [sent(4, 2)])).toEqual([104, 0]);
  });

  it('would go back without being made up for: the control', async () => {
    const { kept, start } = agents();
    await packets(await start(), [sent(100)]);
    if (kept.value !== null) kept.value = { ...kept.value, told: { networks: [], containers: [] } };
    const next = await start();
    await next.makeUp(look([]));
    expect(await packets(next, [])).toEqual([0, 0]);
  });

  it('stay where they were while an end is on its way', async () => {
    const { start } = agents();
    const book = await start();
    expect(await packets(book, [sent(100)])).toEqual([100, 0]);
    expect(await packets(book, [])).toEqual([100, 0]);
    book.totals.ended(ALPHA, sent(101));
    expect(await packets(book, [])).toEqual([101, 0]);
  });

  it('of a container are those of its network', async () => {
    const { start } = agents();
    const book = await start();
    book.totals.began(ALPHA);
    book.totals.ended(ALPHA, flowOf());
    const { networks } = await book.view(look([flowOf({ id: 2 })]));
    const traffic = {
      sent: { packets: 10, bytes: 640 },
      received: { packets: 8, bytes: 8_000 },
      flows: 1,
    };
    const nothing = { packets: 0, bytes: 0 };
    expect(networks).toEqual([
      { network: 'z_custom_a', ...traffic, containers: [{ ...ALPHA.container, ...traffic }] },
      { network: 'z_custom_b', sent: nothing, received: nothing, flows: 0, containers: [] },
    ]);
  });

  it('are told although they can not be stored', async () => {
    const { kept, start, onFailure } = agents();
    kept.save = () => Promise.reject(new Error('no space left'));
    expect(await packets(await start(), [sent(7)])).toEqual([7, 0]);
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it('are stored in a shape that is read again', async () => {
    const { kept, start } = agents();
    await packets(await start(), [sent(7)]);
    expect(storedCountersSchema.parse(JSON.parse(JSON.stringify(kept.value)))).toEqual(kept.value);
  });
});

describe('ports', () => {
  it('are counted for each address and the destination with most of them', async () => {
    const busy = { address: '203.0.113.7', port: 443 };
    const flows = [1, 2, 3].map((id) => ({
      ...flowOf({ id, leaving: { port: 5_000 + id } }),
      answering: busy,
    }));
    const untranslated = flowOf({ id: 5, leaving: { address: '172.19.0.2', port: 4_242 } });
    const book = await agents().start();
    const { ports } = await book.view(look([...flows, flowOf({ id: 4 }), untranslated]));
    const [address, destination] = ['192.168.4.153', '203.0.113.7:443'];
    expect(ports).toEqual([{ address, protocol: 'tcp', destination, used: 3, of: 64_512 }]);
  });
});
