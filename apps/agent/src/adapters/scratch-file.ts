import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** O_TMPFILE of open(2), which Node.js has no name for: a file without a name, gone when it is closed. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** Memory, on every Linux with a C library (shm_open(3)). */
const WHERE = '/dev/shm';

/** A file without a name, in memory. */
export interface ScratchFile {
  readonly fd: number;
  /** All that was written into it; '' once it is closed, null where it is more than `limit` bytes. */
  read(limit: number): string | null;
  /** May be called again. */
  close(): void;
}

/** null: this host has no such place. */
export function openScratchFile(): ScratchFile | null {
  let open = true;
  const fd = openOrNull();
  if (fd === null) return null;
  return {
    fd,
    read: (limit) => (open ? readAll(fd, limit) : ''),
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function openOrNull(): number | null {
  try {
    return openSync(WHERE, O_TMPFILE | constants.O_RDWR, 0o600);
  } catch {
    return null;
  }
}

/** From its beginning: the writer has moved the position that both share. */
function readAll(fd: number, limit: number): string | null {
  const { size } = fstatSync(fd);
  if (size > limit) return null;
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  return bytes.toString('utf8');
}
