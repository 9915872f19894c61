import { parseIpv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import { expect, test } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import { DRAIN_MS, SILENT_MS, withFormer, withoutOver } from './former-addresses.ts';

const [X, Y, Z] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(parseIpv4) as [
  ReturnType<typeof parseIpv4>,
  ReturnType<typeof parseIpv4>,
  ReturnType<typeof parseIpv4>,
];

const network = (ipv4: readonly (typeof X)[], changes: Partial<NetworkSpec> = {}): NetworkSpec => ({
  ...guideSpec(),
  egress: { ipv4, ipv6: [] },
  ...changes,
});
const drain = { onChange: 'drain' } as const;
const short = ({ former }: NetworkSpec) =>
  former.map(({ address, until, drains }) => `${address} ${until}${drains ? ' drains' : ''}`);

test('connections go on by the former address for an hour, and by the one before', () => {
  const first = withFormer(network([X], drain), network([Y], drain), 0);
  expect(short(first)).toEqual([`${X} ${DRAIN_MS} drains`]);
  const second = withFormer({ ...first }, { ...first, egress: { ipv4: [Z], ipv6: [] } }, 7);
  expect(short(second)).toEqual([`${X} ${DRAIN_MS} drains`, `${Y} ${DRAIN_MS + 7} drains`]);
  const back = withFormer(second, { ...second, egress: { ipv4: [X], ipv6: [] } }, 9);
  expect(short(back)).toEqual([`${Y} ${DRAIN_MS + 7} drains`, `${Z} ${DRAIN_MS + 9} drains`]);
});

test('nothing goes on without it, nor from or to several addresses, nor when it is taken back', () => {
  expect(short(withFormer(network([X]), network([Y]), 0))).toEqual([`${X} ${SILENT_MS}`]);
  expect(short(withFormer(network([X], drain), network([Y, Z], drain), 0))).toEqual([
    `${X} ${SILENT_MS}`,
  ]);
  expect(short(withFormer(network([X, Y], drain), network([Y], drain), 0))).toEqual([
    `${X} ${SILENT_MS}`,
  ]);
  const own = network([X], { ...drain, assign: 'per-container' });
  expect(short(withFormer(own, { ...own, egress: { ipv4: [Y], ipv6: [] } }, 0))).toEqual([
    `${X} ${SILENT_MS}`,
  ]);
  const draining = withFormer(network([X], drain), network([Y], drain), 0);
  expect(short(withFormer(draining, { ...draining, onChange: 'reset' }, 1))).toEqual([
    `${X} ${DRAIN_MS}`,
  ]);
});

test('is forgotten when its time is over', () => {
  const networks = [withFormer(network([X], drain), network([Y], drain), 0)];
  expect(withoutOver(networks, DRAIN_MS - 1)).toBe(networks);
  expect(withoutOver(networks, DRAIN_MS).map(short)).toEqual([[]]);
});
