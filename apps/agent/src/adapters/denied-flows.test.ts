import { parsePrefix, prefixRange } from '@sallyport/core/prefix';
import { describe, expect, it } from 'vitest';
import type { FlowsRequest } from '../ports/host.ts';
import { deniedFlows } from './denied-flows.ts';

/* As conntrack 1.4.7 prints flows. */
const DNS =
  'udp      17 29 src=172.19.0.2 dst=192.168.4.1 sport=55804 dport=53 [UNREPLIED] src=192.168.4.1 dst=192.168.4.153 sport=53 dport=55804 mark=0 use=1';
const PING =
  'icmp     1 29 src=172.19.0.2 dst=192.168.4.9 type=8 code=0 id=17862 src=192.168.4.9 dst=192.168.4.153 type=0 code=0 id=17862 mark=16777216 use=1';
const WEB =
  'tcp      6 431999 ESTABLISHED src=172.19.0.3 dst=198.51.100.10 sport=40000 dport=443 src=198.51.100.10 dst=192.168.4.153 sport=443 dport=40000 [ASSURED] mark=0 use=1';
/** To a public address that somebody redirects into the LAN. */
const REDIRECTED = WEB.replace('src=198.51.100.10', 'src=192.168.4.7');
const NEIGHBOUR = WEB.replace('src=172.19.0.3', 'src=172.20.0.3').replaceAll('100.10', '100.11');
/** To the host: nobody translates it. */
const TO_HOST =
  'udp      17 29 src=172.19.0.2 dst=192.168.4.53 sport=55804 dport=53 src=192.168.4.53 dst=172.19.0.2 sport=53 dport=55804 mark=0 use=1';
/** From outside to a published port. */
const INBOUND =
  'tcp      6 99 ESTABLISHED src=192.168.4.9 dst=192.168.4.153 sport=40000 dport=80 src=172.19.0.2 dst=192.168.4.9 sport=80 dport=40000 [ASSURED] mark=0 use=1';
const ALL = [DNS, PING, WEB, REDIRECTED, NEIGHBOUR, TO_HOST, INBOUND, '', 'conntrack v1'].join(
  '\n',
);

const request = (...prefixes: readonly string[]): FlowsRequest => ({
  subnet: '172.19.0.0/16',
  keep: [],
  denied: prefixes.map((prefix) => prefixRange(parsePrefix(prefix))),
  excepted: ['192.168.4.1 udp/53', '192.168.4.1 tcp/53'],
});
const destinations = (...prefixes: readonly string[]) =>
  deniedFlows(ALL, [request(...prefixes)]).map(({ sources, destination }) => {
    expect(sources).toBe('172.19.0.0/16');
    return destination;
  });

describe('flows that are denied', () => {
  it('are those whose answers come from a denied address, but for questions to a name server', () => {
    expect(destinations('192.168.0.0/16')).toEqual(['192.168.4.9', '192.168.4.7']);
    expect(destinations('198.51.100.0/24')).toEqual(['198.51.100.10']);
    expect(destinations('192.168.4.9/32', '198.51.100.10/32')).toEqual([
      '192.168.4.9',
      '198.51.100.10',
    ]);
  });

  it('are none where nothing is denied, or nothing of it is used', () => {
    expect(destinations()).toEqual([]);
    expect(destinations('192.168.4.8/32', '10.0.0.0/8')).toEqual([]);
  });

  it('are asked for by several networks at once', () => {
    const other = { ...request('198.51.100.11/32'), subnet: '172.20.0.0/16' };
    expect(deniedFlows(ALL, [request('192.168.4.9/32'), other])).toEqual([
      { sources: '172.19.0.0/16', destination: '192.168.4.9' },
      { sources: '172.20.0.0/16', destination: '198.51.100.11' },
    ]);
  });

  it('to a name server are ended where they ask something else', () => {
    const other = DNS.replace('dport=53 ', 'dport=80 ');
    expect(deniedFlows(other, [request('192.168.0.0/16')])).toHaveLength(1);
  });
});
