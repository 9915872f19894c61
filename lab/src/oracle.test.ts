import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Packet } from './capture/packet.ts';
import { findLeaks, renderLeaks, type LeakExpectations } from './oracle.ts';

const EGRESS = '192.168.4.153';
const owned = [
  { address: '192.168.4.53', uplink: 'enp0s3' },
  { address: EGRESS, uplink: 'enp0s3' },
  { address: '192.168.56.103', uplink: 'enp0s8' },
];

function packet(fields: Partial<Packet> = {}): Packet {
  return {
    at: 0,
    uplink: 'enp0s3',
    family: 4,
    source: EGRESS,
    destination: '198.51.100.10',
    protocol: 'udp',
    length: 60,
    fragment: false,
    payload: Buffer.alloc(0),
    ...fields,
  };
}

const tagged = (tag: string, fields: Partial<Packet> = {}): Packet =>
  packet({ payload: Buffer.from(`${tag} 17`), ...fields });

const flow = { name: 'a', tag: 'run-a', sources: [EGRESS], uplink: 'enp0s3' };
const expectations: LeakExpectations = { owned, flows: [flow] };
const reasons = (packets: readonly Packet[], given = expectations): readonly string[] =>
  findLeaks(packets, given).map(({ reason }) => reason);

const ipv4 = fc.ipV4();
const uplink = fc.constantFrom('enp0s3', 'enp0s8');
const privateSource = fc
  .tuple(fc.constantFrom('10.7', '172.18', '192.168', '100.72'), fc.nat(255), fc.nat(255))
  .map((parts) => parts.join('.'))
  .filter((address) => !owned.some((own) => own.address === address));

test('what the host may send is no leak', () => {
  expect(reasons([packet(), packet({ source: '192.168.4.53' }), tagged('run-a')])).toEqual([]);
});

test('any private source that the host does not own is a leak, on any uplink', () => {
  fc.assert(
    fc.property(privateSource, uplink, (source, on) => {
      expect(reasons([packet({ source, uplink: on })])).toEqual(['private-source']);
    }),
  );
});

test('no source passes that the host does not own', () => {
  fc.assert(
    fc.property(ipv4, uplink, (source, on) => {
      const own = owned.some(({ address }) => address === source);
      expect(reasons([packet({ source, uplink: on })])).toHaveLength(own ? 0 : 1);
    }),
  );
});

test('a flow has one identity: every other source or uplink is a leak', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, fc.constant(EGRESS)), uplink, (source, on) => {
      const right = source === EGRESS && on === 'enp0s3';
      expect(reasons([tagged('run-a', { source, uplink: on })])).toHaveLength(right ? 0 : 1);
    }),
  );
  expect(reasons([tagged('run-a', { source: '192.168.4.53' })])).toEqual(['wrong-source']);
  expect(reasons([tagged('run-a', { uplink: 'enp0s8' })])).toEqual(['wrong-uplink']);
});

test('a flow without sources must not leave', () => {
  const blocked = { owned, flows: [{ name: 'a', destination: '198.51.100.21', sources: [] }] };
  const syn = packet({ protocol: 'tcp', destination: '198.51.100.21' });
  expect(reasons([syn], blocked)).toEqual(['must-not-leave']);
  expect(reasons([packet()], blocked)).toEqual([]);
});

test('in route mode main any uplink will do', () => {
  const main = { owned, flows: [{ name: 'a', tag: 'run-a', sources: [EGRESS] }] };
  expect(reasons([tagged('run-a', { uplink: 'enp0s8' })], main)).toEqual([]);
});

test('a bound address must not show on another uplink, a free one may', () => {
  const wrong = packet({ source: '192.168.56.103', uplink: 'enp0s3' });
  expect(reasons([wrong])).toEqual([]);
  expect(reasons([wrong], { owned, bound: ['192.168.56.103'] })).toEqual(['wrong-uplink']);
});

test('the number of leaks does not depend on what is around them', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (marks) => {
      const packets = marks.map((leaks) => packet(leaks ? { source: '172.18.0.2' } : {}));
      expect(findLeaks(packets, expectations)).toHaveLength(marks.filter(Boolean).length);
    }),
  );
});

test('neighbour discovery is the host itself, a global IPv6 source is not', () => {
  const v6 = { family: 6, protocol: 'icmp6', destination: 'ff02::2' } as const;
  expect(reasons([packet({ ...v6, source: 'fe80::1' }), packet({ ...v6, source: '::' })])).toEqual(
    [],
  );
  expect(reasons([packet({ ...v6, source: '2001:db8::2' })])).toEqual(['foreign-source']);
  expect(reasons([packet({ ...v6, source: 'fd00::2' })])).toEqual(['private-source']);
});

test('an expectation that fits everything is refused', () => {
  const all = { owned, flows: [{ name: 'all', sources: [EGRESS] }] };
  expect(() => findLeaks([packet()], all)).toThrow(/no condition/);
});

test('the report counts equal leaks', () => {
  const leak = packet({ source: '172.18.0.2', destinationPort: 7 });
  expect(renderLeaks(findLeaks([leak, leak], expectations))).toBe(
    '2 × private-source: udp 172.18.0.2 -> 198.51.100.10:7 on enp0s3',
  );
});
