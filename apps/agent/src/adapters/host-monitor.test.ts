import { describe, expect, it } from 'vitest';
import { concernsUs, mayMatter } from './host-monitor.ts';

describe('ip monitor', () => {
  it.each([
    'Deleted 2: enp0s3    inet 192.168.4.153/24 scope global enp0s3',
    '2: enp0s3: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default',
    '6: z_custom_b: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default',
    'Deleted default via 192.168.4.1 dev enp0s3',
    'Deleted unreachable default table 4101 metric 4294967295',
    'Deleted 4101:\tfrom all fwmark 0x1000000/0xff000000 lookup 4101',
  ])('pokes: %s', (line) => {
    expect(mayMatter(line)).toBe(true);
  });

  it.each([
    '12: veth339f71e@if11: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default',
    'Deleted fe80::/64 dev spvbe9aa234 proto kernel metric 256 pref medium',
    'fe80::/64 dev z_custom_b proto kernel metric 256 pref medium',
    'local 192.168.4.153 dev enp0s3 table local proto kernel scope host src 192.168.4.153',
    '       valid_lft forever preferred_lft forever',
  ])('is left alone: %s', (line) => {
    expect(mayMatter(line)).toBe(false);
  });
});

describe('nft monitor', () => {
  it.each([
    'delete table inet sallyport',
    'delete element inet sallyport snat4 { 10.208.0.0/24 : 192.168.4.153 }',
    'delete rule ip filter DOCKER-USER handle 27',
    'delete rule ip filter FORWARD handle 12',
    'add rule ip nat POSTROUTING oifname != "z" ip saddr 172.19.0.0/16 counter packets 0 bytes 0 snat to 192.0.2.1',
  ])('pokes: %s', (line) => {
    expect(concernsUs(line)).toBe(true);
  });

  it.each([
    '# new generation 4 by process 8582 (nft)',
    'add rule ip filter DOCKER-ISOLATION-STAGE-1 iifname "br-1" counter packets 0 bytes 0 jump X',
    'add table inet firewalld',
    'delete rule ip filter FORWARD-EXTRA handle 3',
  ])('is left alone: %s', (line) => {
    expect(concernsUs(line)).toBe(false);
  });
});
