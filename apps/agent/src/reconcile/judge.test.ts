import { SallyportError } from '@sallyport/contract/errors';
import { describe, expect, it } from 'vitest';
import {
  DOCKER0,
  dockerNetworkOf,
  GUIDE_LINKS,
  guideLink,
  guideSpec,
} from '../../test/guide-host.ts';
import type { Actual } from '../observe/actual.ts';
import type { AddressWay, ResolvedNetwork } from '../plan/resolve.ts';
import type { Step } from '../plan/steps.ts';
import { judge } from './judge.ts';

const SPEC = guideSpec();
const exitsBy = (way: AddressWay['way']): readonly AddressWay[] =>
  SPEC.egress.ipv4.map((address) => ({ address, way, blocked: null }));
const NETWORK: ResolvedNetwork = {
  spec: SPEC,
  exits: exitsBy({
    family: 'ipv4',
    kind: 'uplink',
    device: 'enp0s3',
    nextHop: { kind: 'via', gateway: '192.168.4.1' },
    slot: 1,
  }),
  blocked: null,
  way6: null,
  blocked6: null,
  leases: [],
  candidates: [],
  draining: [],
  denied: { ipv4: [], ipv6: [] },
  conditions: [],
};
const ACTUAL: Actual = {
  links: [...GUIDE_LINKS, guideLink('z_custom_a', ['172.19.0.1/16'])],
  routes: [],
  rules: [],
  table: null,
  docker: { networks: [DOCKER0, dockerNetworkOf(SPEC)], error: null },
  sysctls: {},
  dockerUser: null,
  forward: null,
  natRules: [],
  shapes: [],
};
const STEP: Step = {
  kind: 'table.delete',
  args: null,
  network: null,
  why: 'the table is too much',
};
const BLOCKED = { type: 'AddressOnHost', ok: false, message: 'nobody has it', remedy: 'add it' };
const NOWHERE = {
  exits: SPEC.egress.ipv4.map((address) => ({ address, way: null, blocked: BLOCKED })),
  blocked: BLOCKED,
};

interface Case {
  readonly network?: Partial<ResolvedNetwork>;
  readonly actual?: Partial<Actual>;
  readonly remaining?: readonly Step[];
  readonly failures?: Parameters<typeof judge>[1]['failures'];
}

const judged = ({ network = {}, actual = {}, remaining = [], failures = [] }: Case = {}) =>
  judge({ ...NETWORK, ...network }, { actual: { ...ACTUAL, ...actual }, remaining, failures });
const docker = (networks: Actual['docker']['networks'], error: string | null = null) => ({
  docker: { networks, error: error === null ? null : new Error(error) },
});

describe('how a network stands', () => {
  it('is ready, by its address, uplink and gateway', () => {
    const status = judged();
    expect(status).toMatchObject({
      state: 'Ready',
      reason: 'packets leave as 192.168.4.153 through enp0s3 by the gateway 192.168.4.1',
      remedy: '',
      uplink: 'enp0s3',
      nextHop: '192.168.4.1',
    });
    expect(status.conditions.every(({ ok }) => ok)).toBe(true);
  });

  it('is ready in mode main without naming an uplink', () => {
    expect(
      judged({ network: { exits: exitsBy({ family: 'ipv4', kind: 'main', slot: 2 }) } }),
    ).toMatchObject({
      state: 'Ready',
      reason: 'packets leave as 192.168.4.153 as the main routing table says',
      uplink: null,
      nextHop: null,
    });
  });

  it('is ready with a caution where only the own link can be reached', () => {
    const caution = {
      type: 'Gateway',
      ok: false,
      message: 'there is no router',
      remedy: 'name it',
    };
    const way = {
      family: 'ipv4',
      kind: 'uplink',
      device: 'enp0s8',
      nextHop: { kind: 'none' },
      slot: 2,
    } as const;
    expect(judged({ network: { exits: exitsBy(way), conditions: [caution] } })).toMatchObject({
      state: 'Ready',
      reason: 'packets leave as 192.168.4.153 through enp0s8, but there is no router',
      remedy: 'name it',
      nextHop: null,
    });
  });

  it('is blocked with the reason and what to do', () => {
    expect(judged({ network: NOWHERE })).toMatchObject({
      state: 'Blocked',
      reason: 'nothing leaves, because nobody has it',
      remedy: 'add it',
      uplink: null,
    });
  });

  it.each<[string, Case, object]>([
    ['no Docker network', { actual: docker([]) }, { state: 'Pending' }],
    [
      'no Docker',
      { actual: docker([dockerNetworkOf(SPEC)], 'it is not there') },
      { state: 'Error', remedy: 'start Docker: systemctl start docker' },
    ],
    [
      'another Docker network',
      { actual: docker([dockerNetworkOf(SPEC, { subnets: ['10.9.0.0/16'] })]) },
      { state: 'Error', reason: expect.stringContaining('10.9.0.0/16') as string },
    ],
    [
      'no bridge',
      { actual: { links: GUIDE_LINKS } },
      { state: 'Error', remedy: 'let Docker make it anew: systemctl restart docker' },
    ],
    ['work left', { remaining: [STEP] }, { state: 'Pending', reason: STEP.why }],
    [
      'its removal asked for',
      { network: { spec: guideSpec({ deleting: true }) } },
      {
        state: 'Pending',
        reason: 'it is being deleted',
      },
    ],
  ])('with %s', (_, given, status) => {
    expect(judged(given)).toMatchObject(status);
  });

  it('tells that Docker masquerades an adopted network, and is ready all the same', () => {
    const spec = guideSpec({ origin: 'adopted' });
    const status = judged({
      network: { spec },
      actual: docker([dockerNetworkOf(spec, { masquerade: true, labels: {} })]),
    });
    expect(status.state).toBe('Ready');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Masquerade', ok: false }),
    );
  });
});

describe('a failure', () => {
  const error = new SallyportError('host_refused', 'the kernel said no', { remedy: 'ask it' });

  it('is an error for its own network and for all, with the remedy', () => {
    for (const network of [null, SPEC.name])
      expect(judged({ failures: [{ step: { ...STEP, network }, error }] })).toMatchObject({
        state: 'Error',
        reason: 'the table is too much, and this failed: the kernel said no',
        remedy: 'ask it',
      });
  });

  it('is none for the others', () => {
    const failures = [{ step: { ...STEP, network: 'another' }, error }];
    expect(judged({ failures })).toMatchObject({ state: 'Ready' });
  });

  it('may be anything that was thrown', () => {
    expect(judged({ failures: [{ step: STEP, error: 'odd' }] })).toMatchObject({
      state: 'Error',
      reason: 'the table is too much, and this failed: odd',
      remedy: '',
    });
  });

  it('is worse than all else', () => {
    const given = { network: NOWHERE, actual: docker([]) };
    expect(judged({ ...given, failures: [{ step: STEP, error }] }).state).toBe('Error');
    // Blocked is told only when everything else is in place.
    expect(judged(given).state).toBe('Pending');
  });
});
