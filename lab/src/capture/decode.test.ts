import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';
import { packetFits, summarizeSources, type Packet } from './packet.ts';

const frame = (hex: string, length?: number): Packet | undefined => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return decodeFrame({ at: 5, uplink: 'enp0s3', length: length ?? bytes.length, bytes });
};

const ETHERNET = '0200c633640a 02aabbccddee';
const SOURCE = 'c0a80499';
const BEYOND = 'c633640a';
const ipv4 = (protocol: string, body: string, fragment = '0000'): string => {
  const total = (20 + body.replaceAll(' ', '').length / 2).toString(16).padStart(4, '0');
  return `${ETHERNET} 0800 4500${total} 0001${fragment} 40${protocol}0000 ${SOURCE} ${BEYOND} ${body}`;
};

test('UDP with its tag', () => {
  const packet = frame(ipv4('11', '9c40 0007 000d 0000 68616c6c6f'));
  expect(packet).toMatchObject({
    family: 4,
    source: '192.168.4.153',
    destination: '198.51.100.10',
    protocol: 'udp',
    sourcePort: 40000,
    destinationPort: 7,
    fragment: false,
  });
  expect(packet?.payload.toString()).toBe('hallo');
});

test('TCP with its flags', () => {
  const packet = frame(ipv4('06', '9c40 0050 00000001 00000000 5012 0400 0000 0000'));
  expect(packet).toMatchObject({ protocol: 'tcp', destinationPort: 80, tcpFlags: 'SA' });
});

test('a later fragment has a source but no ports', () => {
  const packet = frame(ipv4('11', '9c40 0007 000d 0000', '00b9'));
  expect(packet).toMatchObject({ protocol: 'udp', fragment: true, source: '192.168.4.153' });
  expect(packet?.destinationPort).toBeUndefined();
});

test('padding after a short packet is not payload', () => {
  expect(frame(`${ipv4('01', '08 00 0000')} 00000000000000000000`)?.payload).toHaveLength(4);
});

test('protocols by name or number', () => {
  expect(frame(ipv4('2f', '00000800'))?.protocol).toBe('gre');
  expect(frame(ipv4('32', '00001001'))?.protocol).toBe('esp');
  expect(frame(ipv4('fd', '00'))?.protocol).toBe('ip-253');
});

test('IPv6 with an extension header, in the text form of RFC 5952', () => {
  const source = '20010db8000000000000000000000001';
  const group = 'ff020000000000000000000000000016';
  const packet = frame(
    `${ETHERNET} 86dd 60000000 0010 00 01 ${source} ${group} 3a00050200000000 8f00aaaa00000001`,
  );
  expect(packet).toMatchObject({
    source: '2001:db8::1',
    destination: 'ff02::16',
    protocol: 'icmp6',
  });
});

test('IPv6 text: the longest run, the first of two, never a single zero', () => {
  const source = (hex: string): string | undefined =>
    frame(`${ETHERNET} 86dd 60000000 0000 3b 01 ${hex} ${hex}`)?.source;
  expect(source('00000000000000000000000000000000')).toBe('::');
  expect(source('00000000000000000000000000000001')).toBe('::1');
  expect(source('fe800000000000000000000000000000')).toBe('fe80::');
  expect(source('20010db8000000010001000100010001')).toBe('2001:db8:0:1:1:1:1:1');
  expect(source('20010db8000000000001000000000001')).toBe('2001:db8::1:0:0:1');
  expect(source('20010000000000010000000000000001')).toBe('2001:0:0:1::1');
});

test('ARP shows its sender and is left out of the sources', () => {
  const arp = frame(
    `${ETHERNET} 0806 0001 0800 06 04 0001 02aabbccddee ${SOURCE} 000000000000 c0a80401`,
  );
  expect(arp).toMatchObject({
    protocol: 'arp',
    source: '192.168.4.153',
    destination: '192.168.4.1',
  });
  expect(summarizeSources(arp === undefined ? [] : [arp])).toEqual([]);
});

test('whatever is cut off or foreign gives a packet or nothing, never a crash', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 120 }),
      fc.constantFrom('0800', '86dd', '0806', '8100'),
      (tail, type) => {
        const packet = frame(`${ETHERNET} ${type} ${Buffer.from(tail).toString('hex')}`);
        if (packet !== undefined) expect(packet.source).toMatch(/^[0-9a-f.:]+$/);
      },
    ),
  );
});

test('a filter wants all of its fields', () => {
  const packet = frame(ipv4('11', '9c40 0007 000d 0000 68616c6c6f'));
  if (packet === undefined) throw new Error('no packet');
  expect(packetFits(packet, { tag: 'hal', destinationPort: 7, since: 5, until: 5 })).toBe(true);
  for (const other of [
    { tag: 'x' },
    { since: 6 },
    { until: 4 },
    { protocol: 'tcp' },
    { source: '1.2.3.4' },
  ]) {
    expect(packetFits(packet, { destinationPort: 7, ...other })).toBe(false);
  }
});
