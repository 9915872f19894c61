import { describe, expect, it } from 'vitest';
import { parseLinks, parseRoutes, parseRules } from './ip-json.ts';

/* Printed by iproute2 6.1 in a network namespace; only what is never read was cut. */

const ADDRESS = `[
{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","link_type":"loopback","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"254","label":"lo","valid_life_time":4294967295}]},
{"ifindex":3,"link":"far0","ifname":"enp0s3","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","addr_info":[{"family":"inet","local":"192.168.4.53","prefixlen":22,"scope":"0","label":"enp0s3"},{"family":"inet","local":"192.168.4.153","prefixlen":24,"scope":"0","label":"enp0s3"},{"family":"inet6","local":"fe80::2865:2cff:fea4:4de8","prefixlen":64,"scope":"253","tentative":true}]},
{"ifindex":4,"ifname":"br0","flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"],"mtu":1500,"operstate":"DOWN","addr_info":[{"family":"inet","local":"172.19.0.1","prefixlen":16,"scope":"0","label":"br0"},{"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"253","nodad":true}]},
{"ifindex":6,"link":"far1","ifname":"veth1a2b3c4","flags":["BROADCAST","MULTICAST","M-DOWN"],"mtu":1500,"operstate":"DOWN","master":"br0","addr_info":[]}]`;

describe('ip -N -j address', () => {
  const links = parseLinks(ADDRESS);
  const link = (name: string) => links.find((one) => one.name === name);

  it('reads flags as what they mean', () => {
    expect(links.map(({ name, up, loopback, master }) => ({ name, up, loopback, master }))).toEqual(
      [
        { name: 'lo', up: true, loopback: true, master: null },
        { name: 'enp0s3', up: true, loopback: false, master: null },
        // Set up, but nobody at the other end.
        { name: 'br0', up: false, loopback: false, master: null },
        { name: 'veth1a2b3c4', up: false, loopback: false, master: 'br0' },
      ],
    );
  });

  it('reads addresses of both families with their flags', () => {
    expect(link('enp0s3')?.addresses).toEqual([
      { family: 'ipv4', address: '192.168.4.53', prefix: 22, scope: 'global', flags: [] },
      { family: 'ipv4', address: '192.168.4.153', prefix: 24, scope: 'global', flags: [] },
      {
        family: 'ipv6',
        address: 'fe80::2865:2cff:fea4:4de8',
        prefix: 64,
        scope: 'link',
        flags: ['tentative'],
      },
    ]);
  });

  it('leaves out what is no address: ip prints empty objects with some filters', () => {
    const json =
      '[{"ifindex":1,"ifname":"a","flags":[],"mtu":1,"addr_info":[{},{"family":"mpls"}]}]';
    expect(parseLinks(json)[0]?.addresses).toEqual([]);
  });

  it('refuses what is no list of links', () => {
    expect(() => parseLinks('')).toThrow('JSON');
    expect(parseLinks('[]')).toEqual([]);
    expect(() => parseLinks('[{"ifname":"a"}]')).toThrow('ifindex');
    expect(() => parseLinks('{')).toThrow('JSON');
  });
});

const ROUTES = `[
{"dst":"default","gateway":"192.168.4.1","dev":"enp0s3","table":"4101","flags":[]},
{"type":"7","dst":"default","table":"4101","metric":4294967295,"flags":[]},
{"dst":"192.168.4.0/24","dev":"enp0s3","table":"4101","scope":"253","flags":[]},
{"dst":"default","gateway":"192.0.2.1","dev":"enp0s3","table":"4102","flags":["onlink"]},
{"dst":"default","gateway":"192.168.4.1","dev":"enp0s3","flags":[]},
{"dst":"10.8.0.0/16","flags":[],"nexthops":[{"gateway":"192.168.4.1","dev":"enp0s3","weight":1,"flags":[]},{"gateway":"192.168.4.2","dev":"enp0s3","weight":1,"flags":[]}]},
{"dst":"10.9.9.9","dev":"enp0s3","scope":"253","metric":5,"flags":[]},
{"type":"6","dst":"10.66.0.0/16","flags":[]},
{"dst":"172.19.0.0/16","dev":"br0","protocol":"2","scope":"253","prefsrc":"172.19.0.1","flags":["linkdown"]},
{"type":"2","dst":"127.0.0.1","dev":"lo","table":"255","protocol":"2","scope":"254","prefsrc":"127.0.0.1","flags":[]},
{"type":"3","dst":"192.168.7.255","dev":"enp0s3","table":"255","protocol":"2","scope":"253","flags":[]}]`;

describe('ip -N -j route show table all', () => {
  const routes = parseRoutes(ROUTES);

  it('reads tables, kinds, metrics and hops, without the table local', () => {
    const shown = routes.map(
      ({ table, type, destination, gateway, device, metric, scope, onlink }) =>
        `${table} ${type} ${destination} via ${gateway ?? '-'} dev ${device ?? '-'} metric ${metric} ${scope}${onlink ? ' onlink' : ''}`,
    );
    expect(shown).toEqual([
      '4101 unicast 0.0.0.0/0 via 192.168.4.1 dev enp0s3 metric 0 global',
      '4101 unreachable 0.0.0.0/0 via - dev - metric 4294967295 global',
      '4101 unicast 192.168.4.0/24 via - dev enp0s3 metric 0 link',
      '4102 unicast 0.0.0.0/0 via 192.0.2.1 dev enp0s3 metric 0 global onlink',
      '254 unicast 0.0.0.0/0 via 192.168.4.1 dev enp0s3 metric 0 global',
      '254 unicast 10.8.0.0/16 via 192.168.4.1 dev enp0s3 metric 0 global',
      '254 unicast 10.8.0.0/16 via 192.168.4.2 dev enp0s3 metric 0 global',
      '254 unicast 10.9.9.9/32 via - dev enp0s3 metric 5 link',
      '254 other 10.66.0.0/16 via - dev - metric 0 global',
      '254 unicast 172.19.0.0/16 via - dev br0 metric 0 link',
    ]);
  });

  it('knows those of IPv6 by their router preference', () => {
    const ipv6 =
      '[{"type":"7","dst":"default","dev":"lo","table":"4101","metric":9,"pref":"medium"},{"dst":"2001:db8::5","dev":"a","metric":1024,"pref":"medium"},{"dst":"fe80::/64","dev":"a","metric":256,"pref":"medium"}]';
    expect(parseRoutes(ipv6)).toMatchObject([
      { type: 'unreachable', destination: '::/0', table: 4101, metric: 9 },
      { type: 'unicast', destination: '2001:db8::5/128', table: 254, metric: 1024 },
    ]);
  });
});

const RULES = `[
{"priority":0,"src":"all","table":"255"},
{"priority":4000,"src":"all","dst":"10.208.0.0","dstlen":12,"table":"254","suppress_prefixlen":0},
{"priority":4101,"src":"all","fwmark":"0x1000000","fwmask":"0xff000000","table":"4101"},
{"priority":4200,"src":"all","fwmark":"0x7","table":"254"},
{"priority":4900,"src":"10.208.0.0","srclen":12,"action":"7"},
{"priority":4901,"src":"10.7.7.7","table":"9"}]`;

describe('ip -N -j rule', () => {
  it('reads prefixes, marks and actions of those in our range', () => {
    const lookup = (table: number, suppressPrefixLength: number | null = null) => ({
      kind: 'lookup',
      table,
      suppressPrefixLength,
    });
    const rule = { family: 'ipv4', from: null, to: null, mark: null };
    expect(parseRules(RULES, 'ipv4')).toEqual([
      { ...rule, priority: 4000, to: '10.208.0.0/12', action: lookup(254, 0) },
      {
        ...rule,
        priority: 4101,
        mark: { value: 0x01000000, mask: 0xff000000 },
        action: lookup(4101),
      },
      // Without a mask the kernel compares all bits.
      { ...rule, priority: 4200, mark: { value: 7, mask: 0xffffffff }, action: lookup(254) },
      { ...rule, priority: 4900, from: '10.208.0.0/12', action: { kind: 'unreachable' } },
      { ...rule, priority: 4901, from: '10.7.7.7/32', action: lookup(9) },
    ]);
  });
});
