/** The one question of a DNS query. */
export interface DnsQuestion {
  readonly id: number;
  /** As it was asked, without the final dot; letters keep their case. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Recursion desired: copied into the answer (RFC 1035, 4.1.1). */
  readonly recursionDesired: boolean;
  /** The question as it was on the wire, for the answer. */
  readonly wire: Buffer;
}

/** Record types that the lab's server knows. */
export const recordTypes = { A: 1, TXT: 16, AAAA: 28 } as const;

/** Response codes (RFC 1035, 4.1.1). */
export const responseCodes = { ok: 0, refused: 5 } as const;

const HEADER = 12;

/**
 * Reads a query with one question.
 *
 * @throws Error for anything else, such as an answer or a name with pointers.
 */
export function parseDnsQuestion(message: Buffer): DnsQuestion {
  if (message.length < HEADER) throw new Error('DNS message is shorter than its header');
  const flags = message.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) throw new Error('DNS message is an answer');
  if (message.readUInt16BE(4) !== 1) throw new Error('DNS message has not exactly one question');
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = message[at];
    if (length === undefined) throw new Error('DNS name is cut off');
    at += 1;
    if (length === 0) break;
    if (length > 63) throw new Error('DNS name has a pointer or a label that is too long');
    if (at + length > message.length) throw new Error('DNS name is cut off');
    labels.push(message.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > message.length) throw new Error('DNS question is cut off');
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.'),
    type: message.readUInt16BE(at),
    class: message.readUInt16BE(at + 2),
    recursionDesired: (flags & 0x0100) !== 0,
    wire: Buffer.from(message.subarray(HEADER, at + 4)),
  };
}

/** One record of an answer; its name is always that of the question. */
export interface DnsRecord {
  readonly type: number;
  readonly data: Buffer;
}

/** The data of an A record. */
export function renderIpv4Data(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** The data of a TXT record with one string of at most 255 bytes. */
export function renderTextData(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1').subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** An authoritative answer. Its records live for 0 seconds, so that nobody caches them. */
export function renderDnsAnswer(
  question: DnsQuestion,
  code: number,
  records: readonly DnsRecord[],
): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(question.id, 0);
  const recursionDesired = question.recursionDesired ? 0x0100 : 0;
  header.writeUInt16BE(0x8400 | recursionDesired | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const answers = records.flatMap(({ type, data }) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc000 | HEADER, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt16BE(data.length, 10);
    return [fixed, data];
  });
  return Buffer.concat([header, question.wire, ...answers]);
}
