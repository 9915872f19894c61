/** More than a person reads; a container may print lines of any length. */
const MOST_BYTES = 1024 * 1024;
const HEADER = 8;

/**
 * Docker's log of a container without a terminal: frames with a header of eight bytes, the last four
 * their length. Answers the newest MiB as text.
 */
export async function readDockerLogs(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Buffer[] = [];
  let size = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER) {
      const end = HEADER + rest.readUInt32BE(4);
      if (rest.length < end) break;
      kept.push(rest.subarray(HEADER, end));
      size += end - HEADER;
      rest = rest.subarray(end);
    }
    while (size > MOST_BYTES && kept.length > 1) size -= kept.shift()?.length ?? 0;
  }
  return Buffer.concat(kept).subarray(-MOST_BYTES).toString('utf8');
}
