import { expect, test } from 'vitest';
import fc from 'fast-check';
import { parseDnsQuestion, recordTypes } from './dns-message.ts';
import { answerDns } from './dns-zone.ts';

function query(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  const header = Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

const ask = (name: string, type: number): Buffer =>
  answerDns(parseDnsQuestion(query(name, type)), '192.168.4.153');

test('whoami answers with the asker as A and as TXT', () => {
  const a = ask('whoami.lab.test', recordTypes.A);
  expect(a.readUInt16BE(0)).toBe(0x1234);
  expect(a.readUInt16BE(6)).toBe(1);
  expect([...a.subarray(-4)]).toEqual([192, 168, 4, 153]);
  expect(ask('WhoAmI.lab.test', recordTypes.TXT).toString('latin1')).toContain('192.168.4.153');
  expect(ask('q7.run.lab.test', recordTypes.TXT).toString('latin1')).toContain('192.168.4.153');
});

test('any other name of the zone is the machine beyond; AAAA is empty, not an error', () => {
  expect([...ask('n1.x.lab.test', recordTypes.A).subarray(-4)]).toEqual([198, 51, 100, 10]);
  const none = ask('n1.lab.test', recordTypes.AAAA);
  expect(none.readUInt16BE(6)).toBe(0);
  expect(none.readUInt16BE(2) & 15).toBe(0);
});

test('names outside the zone are refused, also those that only end alike', () => {
  expect(ask('example.org', recordTypes.A).readUInt16BE(2) & 15).toBe(5);
  expect(ask('evil-lab.test', recordTypes.A).readUInt16BE(2) & 15).toBe(5);
});

test('hostile bytes give a question or an error, never a crash or a loop', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      try {
        expect(parseDnsQuestion(Buffer.from(bytes)).wire.length).toBeLessThanOrEqual(80);
      } catch (error) {
        expect((error as Error).message).toMatch(/^DNS /);
      }
    }),
  );
});
