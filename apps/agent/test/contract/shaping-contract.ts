import { beforeEach, describe, expect, it } from 'vitest';
import type { Shape, Shaping } from '../../src/ports/shaping.ts';

/** Limits, with bridges to put them on and ways to lose them. */
export interface ShapingBench {
  readonly shaping: Shaping;
  addBridge(name: string): Promise<void>;
  removeBridge(name: string): Promise<void>;
  /** Somebody takes the bridge's queue away. */
  loseQueue(bridge: string): Promise<void>;
}

const A: Shape = { bridge: 'z_custom_a', rate: 2_500_000 };
/** As long as a name can be, at a rate that no decimal unit divides. */
const B: Shape = { bridge: 'z_custom_b12345', rate: 1_234_567 };

/** What everything that calls itself Shaping does. */
export function describeShaping(make: () => Promise<ShapingBench>): void {
  describe('Shaping', () => {
    let bench: ShapingBench;
    const shapes = async () =>
      (await bench.shaping.observe()).toSorted((a, b) => a.bridge.localeCompare(b.bridge));
    beforeEach(async () => {
      bench = await make();
      await bench.addBridge(A.bridge);
      await bench.addBridge(B.bridge);
    });

    it('sees nothing where nothing is limited, and does not mind taking it away', async () => {
      expect(await shapes()).toEqual([]);
      await bench.shaping.apply({ ...A, rate: null });
      await bench.shaping.apply({ bridge: 'not-there', rate: null });
      expect(await shapes()).toEqual([]);
    });

    it.each([A, B, { ...A, rate: 32_000 }, { ...A, rate: 12_500_000_000 }])(
      'limits a bridge, once and again: %j',
      async (shape) => {
        await bench.shaping.apply(shape);
        expect(await shapes()).toEqual([shape]);
        await bench.shaping.apply(shape);
        expect(await shapes()).toEqual([shape]);
        await bench.shaping.apply({ ...shape, rate: null });
        expect(await shapes()).toEqual([]);
      },
    );

    it('changes a rate, and keeps bridges apart', async () => {
      await bench.shaping.apply(A);
      await bench.shaping.apply(B);
      const slower = { ...A, rate: 100_000 };
      await bench.shaping.apply(slower);
      expect(await shapes()).toEqual([slower, B]);
      await bench.shaping.apply({ ...A, rate: null });
      expect(await shapes()).toEqual([B]);
    });

    it('sees what is gone, and makes it good', async () => {
      await bench.shaping.apply(A);
      await bench.loseQueue(A.bridge);
      expect(await shapes()).toEqual([]);
      await bench.shaping.apply(A);
      expect(await shapes()).toEqual([A]);
      await bench.removeBridge(A.bridge);
      expect(await shapes()).toEqual([]);
    });

    it('refuses to limit a bridge that is not there', async () => {
      const limiting = bench.shaping.apply({ ...A, bridge: 'not-there' });
      await expect(limiting).rejects.toMatchObject({ code: 'host_refused' });
    });
  });
}
