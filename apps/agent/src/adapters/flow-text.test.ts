import { expect, test } from 'vitest';
import { parseFlow, parseFlowEvent } from './flow-text.ts';

/* Lines as conntrack 1.4.7 prints them. */

const NEW =
  '[1795424649.877578]\t    [NEW] ipv4     2 udp      17 30 src=10.9.0.1 dst=10.9.0.2 sport=42097 dport=9 [UNREPLIED] src=10.9.0.2 dst=192.0.2.1 sport=9 dport=4242 id=3770917700';
const DESTROY =
  '[1795424649.890336]\t[DESTROY] ipv4     2 tcp      6 120 CLOSE src=10.9.0.1 dst=10.9.0.2 sport=42852 dport=9 packets=1 bytes=60 [UNREPLIED] src=10.9.0.2 dst=10.9.0.1 sport=9 dport=42852 packets=1 bytes=40 id=2198098588';
const BY_HAND =
  '[1795424649.980492]\t[DESTROY] ipv4     2 udp      17 29 src=10.9.0.1 dst=10.9.0.2 sport=42097 dport=9 packets=1 bytes=31 [UNREPLIED] src=10.9.0.2 dst=10.9.0.1 sport=9 dport=4242 packets=0 bytes=0 id=3770917700 [USERSPACE] portid=24870 progname=conntrack';
const PING =
  'ipv4     2 icmp     1 29 src=10.9.0.1 dst=10.9.0.2 type=8 code=0 id=77 packets=1 bytes=84 src=10.9.0.2 dst=10.9.0.1 type=0 code=0 id=77 packets=1 bytes=84 mark=0 use=1 id=1234';

test('a beginning, with its translation, and without counts', () => {
  expect(parseFlowEvent(NEW)).toEqual({
    kind: 'start',
    at: 1_795_424_649_877,
    flow: {
      id: 3_770_917_700,
      protocol: 'udp',
      source: { address: '10.9.0.1', port: 42_097 },
      destination: { address: '10.9.0.2', port: 9 },
      answering: { address: '10.9.0.2', port: 9 },
      leaving: { address: '192.0.2.1', port: 4_242 },
      sent: null,
      received: null,
    },
  });
});

test('an end, with counts', () => {
  expect(parseFlowEvent(DESTROY)).toMatchObject({
    kind: 'end',
    flow: {
      id: 2_198_098_588,
      sent: { packets: 1, bytes: 60 },
      received: { packets: 1, bytes: 40 },
    },
  });
  expect(parseFlowEvent(BY_HAND)).toMatchObject({ kind: 'end', flow: { id: 3_770_917_700 } });
});

test('a flow without ports: the number of the ping is not that of the flow', () => {
  expect(parseFlow(PING)).toMatchObject({
    id: 1_234,
    protocol: 'icmp',
    source: { address: '10.9.0.1', port: null },
    leaving: { address: '10.9.0.1', port: null },
    sent: { packets: 1, bytes: 84 },
  });
});

test.each(['', 'conntrack v1.4.7: 1 flow entries have been shown.', NEW.slice(0, 120)])(
  'nothing is made of %j',
  (line) => {
    expect(parseFlowEvent(line)).toBeNull();
    expect(parseFlow(line)).toBeNull();
  },
);
