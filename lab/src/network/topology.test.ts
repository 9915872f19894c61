import { expect, test } from 'vitest';
import {
  dualStackTopology,
  guideTopology,
  planRestoreUplink,
  renderHostBatch,
  renderWanBatch,
  wanAddresses,
} from './topology.ts';

test('the host of the guide', () => {
  expect(renderHostBatch(guideTopology)).toBe(`link set lo up
address add 192.168.4.53/22 dev enp0s3
address add 192.168.4.153/24 dev enp0s3
link set enp0s3 up
address add 192.168.56.103/24 dev enp0s8
link set enp0s8 up
route add default via 192.168.4.1
`);
});

test('the machine beyond, and cables that never lie in the namespace of the machine', () => {
  expect(renderWanBatch(guideTopology, 'x-host')).toBe(`link set lo up
link add wA address 02:00:c6:33:64:0a type veth peer name enp0s3 netns x-host
address add 192.168.4.1/22 dev wA
link set wA up
link add wB address 02:00:c6:33:64:0b type veth peer name enp0s8 netns x-host
address add 192.168.56.1/24 dev wB
link set wB up
address add 198.51.100.10/32 dev lo
`);
});

test('IPv6 comes beside, not instead', () => {
  expect(wanAddresses(dualStackTopology)).toEqual(
    expect.arrayContaining([...wanAddresses(guideTopology), '2001:db8:ffff::10']),
  );
});

test('an uplink that comes back gets the gateway that lies behind it, and its IPv6 addresses', () => {
  const [first, second] = dualStackTopology.uplinks;
  if (first === undefined || second === undefined) throw new Error('no uplinks');
  expect(planRestoreUplink(dualStackTopology, first)).toEqual([
    'link set enp0s3 up',
    'address replace 2001:db8:4::53/64 dev enp0s3 nodad',
    'route replace default via 192.168.4.1 dev enp0s3',
    'route replace default via 2001:db8:4::1 dev enp0s3',
  ]);
  expect(planRestoreUplink(dualStackTopology, second)).toEqual([
    'link set enp0s8 up',
    'address replace 2001:db8:56::103/64 dev enp0s8 nodad',
  ]);
});
