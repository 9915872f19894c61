import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PcapFile, type PcapRecord } from './pcap-reader.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pcap-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function header(magic = 0xa1b2c3d4, linkType = 1): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(linkType, 20);
  return bytes;
}

function record(at: number, payload: Buffer, length = payload.length): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Math.floor(at / 1000), 0);
  head.writeUInt32LE(Math.round((at % 1000) * 1000), 4);
  head.writeUInt32LE(payload.length, 8);
  head.writeUInt32LE(length, 12);
  return Buffer.concat([head, payload]);
}

async function readAll(file: PcapFile, since?: number): Promise<readonly PcapRecord[]> {
  const records: PcapRecord[] = [];
  for await (const each of file.records(since)) records.push(each);
  return records;
}

test('reads times to the microsecond and lengths of cut packets', async () => {
  const path = join(directory, 'a.pcap');
  await writeFile(
    path,
    Buffer.concat([header(), record(1700000000123.456, Buffer.from('abc'), 1500)]),
  );
  const [only] = await readAll(new PcapFile(path));
  expect(only?.at).toBeCloseTo(1700000000123.456, 3);
  expect(only?.length).toBe(1500);
  expect(only?.bytes.toString()).toBe('abc');
});

test('a tail that is cut anywhere gives the whole records, and the rest once it is there', async () => {
  const parts = [10, 0, 33].map((size, index) => record(1000 + index, Buffer.alloc(size, index)));
  const whole = Buffer.concat([header(), ...parts]);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const path = join(directory, 'cut.pcap');
    await writeFile(path, whole.subarray(0, cut));
    const file = new PcapFile(path);
    const before = await readAll(file);
    let end = 24;
    const expected = parts.filter((part) => (end += part.length) <= cut);
    expect(before).toHaveLength(expected.length);
    await appendFile(path, whole.subarray(cut));
    expect(await readAll(file)).toHaveLength(3);
  }
});

test('finds the same records from a checkpoint as from the start', async () => {
  const path = join(directory, 'big.pcap');
  const many = Array.from({ length: 30_000 }, (_, i) => record(i * 2, Buffer.alloc(100)));
  await writeFile(path, Buffer.concat([header(), ...many]));
  const file = new PcapFile(path);
  expect(await readAll(file)).toHaveLength(30_000);
  for (const since of [0, 1, 20_001, 59_998, 59_999]) {
    expect((await readAll(file, since)).length).toBe(30_000 - Math.ceil(since / 2));
  }
});

test('a file that is not pcap, or not Ethernet, is refused', async () => {
  const path = join(directory, 'bad.pcap');
  await writeFile(path, Buffer.alloc(64, 7));
  await expect(readAll(new PcapFile(path))).rejects.toThrow(/not a pcap file/);
  await writeFile(path, header(0xa1b2c3d4, 113));
  await expect(readAll(new PcapFile(path))).rejects.toThrow(/link type 113/);
});

test('hostile bytes after the header end in records or an error, never in a hang', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const path = join(directory, 'fuzz.pcap');
      await writeFile(path, Buffer.concat([header(), bytes]));
      const records = await readAll(new PcapFile(path)).catch((error: unknown) => String(error));
      if (typeof records === 'string') expect(records).toMatch(/pcap:/);
      else expect(records.length).toBeLessThanOrEqual(bytes.length / 16);
    }),
    { numRuns: 50 },
  );
});
