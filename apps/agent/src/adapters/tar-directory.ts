const BLOCK = 512;

/** Who owns a directory, and what may be done in it. */
interface DirectoryEntry {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * Pure: a tar (POSIX ustar) with one directory and nothing in it. Unpacked over a directory that is
 * there, it sets owner and mode and leaves what lies in it.
 */
export function renderTarDirectory(name: string, { uid, gid, mode }: DirectoryEntry): Uint8Array {
  // Header, and two empty blocks as the end.
  const tar = Buffer.alloc(3 * BLOCK);
  const octal = (value: number, length: number) => value.toString(8).padStart(length, '0');
  tar.write(`${name}/`, 0, 100);
  tar.write(octal(mode, 7), 100);
  tar.write(octal(uid, 7), 108);
  tar.write(octal(gid, 7), 116);
  tar.write(octal(0, 11), 124);
  tar.write(octal(0, 11), 136);
  tar.write(' '.repeat(8), 148);
  tar.write('5', 156);
  tar.write('ustar\x0000', 257);
  const sum = tar.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  tar.write(`${octal(sum, 6)}\0 `, 148);
  return tar;
}
