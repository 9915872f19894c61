import { open, type FileHandle } from 'node:fs/promises';

/** One record of a pcap file. */
export interface PcapRecord {
  /** Epoch milliseconds with a fraction. */
  readonly at: number;
  /** Bytes on the wire; `bytes` may be fewer. */
  readonly length: number;
  readonly bytes: Buffer;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const CHUNK = 1024 * 1024;
/** Two processors may hand over packets in another order than their times, by far less than this. */
const DISORDER_MS = 1000;
/** Records of more bytes than this don't exist; a bigger length is a broken file. */
const RECORD_LIMIT = 256 * 1024;

type ByteOrder = 'readUInt32LE' | 'readUInt32BE';

interface Format {
  readonly read: ByteOrder;
  /** Parts of a second's fraction in a millisecond: 1,000 (µs) or 1,000,000 (ns). */
  readonly perMillisecond: number;
}

/** The format by the magic number (draft-ietf-opsawg-pcap). */
function parseHeader(header: Buffer): Format {
  for (const read of ['readUInt32LE', 'readUInt32BE'] as const) {
    const magic = header[read](0);
    const linkType = header[read](20) & 0xffff;
    if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) continue;
    if (linkType !== 1) throw new Error(`pcap: link type ${String(linkType)} is not Ethernet`);
    return { read, perMillisecond: magic === 0xa1b2c3d4 ? 1000 : 1_000_000 };
  }
  throw new Error('pcap: not a pcap file');
}

/**
 * The records at the front of a buffer, and how many bytes they take. A record
 * that is not complete yet is left for later: the file may still be written.
 */
function takeRecords(buffer: Buffer, format: Format): readonly [readonly PcapRecord[], number] {
  const records: PcapRecord[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= buffer.length) {
    const captured = buffer[format.read](at + 8);
    if (captured > RECORD_LIMIT) throw new Error(`pcap: a record of ${String(captured)} bytes`);
    const end = at + RECORD_HEADER + captured;
    if (end > buffer.length) break;
    const seconds = buffer[format.read](at);
    const fraction = buffer[format.read](at + 4);
    records.push({
      at: seconds * 1000 + fraction / format.perMillisecond,
      length: buffer[format.read](at + 12),
      bytes: buffer.subarray(at + RECORD_HEADER, end),
    });
    at = end;
  }
  return [records, at];
}

/** A place in a file from which reading can go on. */
interface Checkpoint {
  readonly offset: number;
  /** The newest record before it, in epoch milliseconds. */
  readonly newestBefore: number;
}

/** Reads a pcap file again and again while it grows; remembers where it has been. */
export class PcapFile {
  readonly #path: string;
  #format: Format | undefined;
  readonly #checkpoints: Checkpoint[] = [{ offset: FILE_HEADER, newestBefore: 0 }];

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Every complete record that is in the file now and not older than `since`.
   * A cut-off record at the end is not reported; the next call will.
   *
   * @throws Error when the file is not a pcap file of Ethernet frames.
   */
  async *records(since = 0): AsyncGenerator<PcapRecord> {
    const file = await open(this.#path, 'r');
    try {
      const format = await this.#readFormat(file);
      if (format === undefined) return;
      const start = this.#checkpoints.findLast(
        ({ newestBefore }) => newestBefore < since - DISORDER_MS,
      );
      let { offset, newestBefore } = start ?? { offset: FILE_HEADER, newestBefore: 0 };
      for (;;) {
        const chunk = Buffer.alloc(CHUNK);
        const { bytesRead } = await file.read(chunk, 0, CHUNK, offset);
        const [records, taken] = takeRecords(chunk.subarray(0, bytesRead), format);
        if (taken === 0) return;
        for (const record of records) {
          newestBefore = Math.max(newestBefore, record.at);
          if (record.at >= since) yield record;
        }
        offset += taken;
        this.#remember({ offset, newestBefore });
      }
    } finally {
      await file.close();
    }
  }

  async #readFormat(file: FileHandle): Promise<Format | undefined> {
    if (this.#format !== undefined) return this.#format;
    const header = Buffer.alloc(FILE_HEADER);
    const { bytesRead } = await file.read(header, 0, FILE_HEADER, 0);
    if (bytesRead < FILE_HEADER) return undefined;
    this.#format = parseHeader(header);
    return this.#format;
  }

  #remember(checkpoint: Checkpoint): void {
    const last = this.#checkpoints.at(-1);
    if (last !== undefined && checkpoint.offset >= last.offset + CHUNK / 2) {
      this.#checkpoints.push(checkpoint);
    }
  }
}
