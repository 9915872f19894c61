import { describe, expect, it } from 'vitest';
import { guideSpec, SPEC_B } from '../../test/guide-host.ts';
import type { NetworkStatus } from '../reconcile/judge.ts';
import { portConditions, portEvents, withCautions } from './cautions.ts';

const SLOT = {
  address: '192.168.4.153',
  protocol: 'tcp',
  destination: '198.51.100.10:443',
  of: 64_512,
  used: 51_700,
};
const SPEC = guideSpec();
const READY: NetworkStatus = {
  state: 'Ready',
  reason: 'packets leave',
  remedy: '',
  uplink: 'enp0s3',
  nextHop: null,
  uplink6: null,
  nextHop6: null,
  leaving: null,
  conditions: [],
};

describe('ports that run out', () => {
  it('are a condition of the networks that leave by the address, and of no other', () => {
    expect(portConditions(SPEC, [SLOT])).toMatchObject([
      {
        type: 'Ports',
        ok: false,
        message: expect.stringContaining('51700 of 64512') as string,
        remedy: expect.stringContaining('z_custom_a') as string,
      },
    ]);
    expect(portConditions(SPEC_B, [SLOT])).toEqual([]);
  });

  it('are events of these networks, when they begin to and when they no longer do', () => {
    const told = (scarce: boolean) => portEvents([SPEC, SPEC_B], SLOT, scarce);
    expect(told(true)).toMatchObject([{ kind: 'ports.scarce', network: 'z_custom_a' }]);
    expect(told(false)).toMatchObject([{ kind: 'ports.ample', network: 'z_custom_a' }]);
  });

  it('are in the sentence of a network that is Ready, unless there is worse', () => {
    const conditions = portConditions(SPEC, [SLOT]);
    expect(withCautions(READY, conditions)).toMatchObject({
      state: 'Ready',
      reason: expect.stringMatching(/^packets leave, but 192\.168\.4\.153 has 51700/) as string,
      remedy: conditions[0]?.remedy,
      conditions,
    });
    const blocked = { ...READY, state: 'Blocked', reason: 'nothing leaves' } as const;
    expect(withCautions(blocked, conditions)).toEqual({ ...blocked, conditions });
    expect(withCautions(READY, [])).toBe(READY);
  });
});
