import { describe, expect, it } from 'vitest';
import {
  DOCKER0,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideLink,
  guideSpec,
  SPEC_B,
} from '../../test/guide-host.ts';
import { resolve } from '../plan/resolve.ts';
import type { Step } from '../plan/steps.ts';
import type { Link } from '../ports/routing.ts';
import type { NetworkStatus } from './judge.ts';
import type { RunReport } from './reconciler.ts';
import { reportEvents } from './report-events.ts';

const READY: NetworkStatus = {
  state: 'Ready',
  reason: 'packets leave',
  remedy: '',
  uplink: null,
  nextHop: null,
  uplink6: null,
  nextHop6: null,
  leaving: null,
  conditions: [],
};
const STEP: Step = { kind: 'table.delete', args: null, network: null, why: 'a rule was missing' };

function reportOf(
  changes: Partial<RunReport> & { readonly links?: readonly Link[] } = {},
): RunReport {
  const { links = GUIDE_LINKS, ...rest } = changes;
  const facts = { links, routes: GUIDE_ROUTES, docker: [DOCKER0] };
  return {
    at: 0,
    durationMs: 12.4,
    reasons: ['nft monitor: delete table'],
    done: [],
    failures: [],
    complaints: [],
    resolution: resolve([guideSpec(), SPEC_B], facts, []),
    actual: null as unknown as RunReport['actual'],
    statuses: new Map([
      [guideSpec().id, READY],
      [SPEC_B.id, READY],
    ]),
    repaired: false,
    ...rest,
  };
}

const told = (after: RunReport, before: RunReport | null = reportOf()) =>
  reportEvents(after, before).map(({ kind, network, message }) => [kind, network, message]);

describe('what is told of a run', () => {
  it('is nothing where nothing happened', () => {
    expect(told(reportOf({ done: [STEP] }))).toEqual([]);
  });

  it('is every network at the start, and no change of the host', () => {
    expect(told(reportOf(), null)).toEqual([
      ['network.state', 'z_custom_a', 'new -> Ready: packets leave'],
      ['network.state', 'z_custom_b', 'new -> Ready: packets leave'],
    ]);
  });

  it('is a network that stands otherwise than before, and no other reason for the same', () => {
    const blocked = { ...READY, state: 'Blocked', reason: 'the address is gone' } as const;
    const after = reportOf({
      statuses: new Map([
        [guideSpec().id, blocked],
        [SPEC_B.id, { ...READY, reason: 'otherwise' }],
      ]),
    });
    expect(told(after)).toEqual([
      ['network.state', 'z_custom_a', 'Ready -> Blocked: the address is gone'],
    ]);
  });

  it('is what was mended that nobody had asked to change, with its reason', () => {
    const after = reportOf({ repaired: true, done: [STEP, { ...STEP, why: 'and a route' }] });
    expect(reportEvents(after, reportOf())).toEqual([
      {
        kind: 'repair',
        network: null,
        message: 'a rule was missing; and a route; repaired in 12 ms',
        reason: 'nft monitor: delete table',
        actor: null,
      },
    ]);
  });

  it('is one reason of a burst, and how many more there were', () => {
    const after = reportOf({ repaired: true, reasons: ['first', 'second', 'third'] });
    expect(reportEvents(after, null)[0]?.reason).toBe('first, and 2 more');
  });

  it('is an address or a link that came or went', () => {
    const links = [guideLink('enp0s3', ['192.168.4.53/22', '192.168.4.9/24'], { up: false })];
    expect(told(reportOf({ links }))).toEqual([
      ['host.changed', null, 'enp0s3 (down) is there now'],
      ['host.changed', null, '192.168.4.9/24 on enp0s3 is there now'],
      ['host.changed', null, 'enp0s3 (up) is gone'],
      ['host.changed', null, '192.168.4.153/24 on enp0s3 is gone'],
      ['host.changed', null, 'enp0s8 (up) is gone'],
      ['host.changed', null, '192.168.56.103/24 on enp0s8 is gone'],
    ]);
  });

  it('is a failure once, for as long as it lasts', () => {
    const step = { ...STEP, network: 'z_custom_a' };
    const failing = reportOf({ failures: [{ step, error: new Error('refused') }] });
    expect(told(failing)).toEqual([
      ['error', 'z_custom_a', 'a rule was missing, and this failed: refused'],
    ]);
    expect(told(failing, failing)).toEqual([]);
    expect(told(failing, reportOf())).toHaveLength(1);
  });

  it('is a complaint once as well', () => {
    const full = reportOf({ complaints: ['the disk is full'] });
    expect(told(full)).toEqual([['error', null, 'the disk is full']]);
    expect(told(full, full)).toEqual([]);
  });
});
