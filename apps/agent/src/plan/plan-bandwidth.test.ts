import { expect, it } from 'vitest';
import { guideLink, guideSpec, SPEC_B } from '../../test/guide-host.ts';
import { desiredShapes, planBandwidth } from './plan-bandwidth.ts';

const LIMITED = guideSpec({ bandwidth: { upload: null, download: 1_000_001 } });
const LINKS = [guideLink('z_custom_a', []), guideLink('z_custom_b', [])];
const SHAPE = { bridge: 'z_custom_a', rate: 125_000 };

it('limits the bridges that are there, in whole bytes', () => {
  expect(desiredShapes([LIMITED, SPEC_B], LINKS)).toEqual([SHAPE]);
  expect(desiredShapes([LIMITED], [])).toEqual([]);
  expect(desiredShapes([{ ...LIMITED, deleting: true }], LINKS)).toEqual([]);
});

it('sets what is missing or other, and says for which network', () => {
  const step = { kind: 'bandwidth.set', args: SHAPE, network: 'z_custom_a' };
  expect(planBandwidth([SHAPE], [], [LIMITED])).toMatchObject([step]);
  expect(planBandwidth([SHAPE], [{ ...SHAPE, rate: 1 }], [LIMITED])).toMatchObject([step]);
  expect(planBandwidth([SHAPE], [SHAPE], [LIMITED])).toEqual([]);
});

it('takes away what nobody wants any more, also where the bridge is not ours', () => {
  expect(planBandwidth([], [SHAPE, { ...SHAPE, bridge: 'other' }], [LIMITED])).toMatchObject([
    { args: { bridge: 'z_custom_a', rate: null }, network: 'z_custom_a' },
    { args: { bridge: 'other', rate: null }, network: null },
  ]);
});
