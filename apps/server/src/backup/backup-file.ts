import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';

/*
 * A backup is text, a JSON value a line: what it is, then a line for each row, then how many rows there
 * are and the SHA-256 of all lines before. It says nothing about the database that it came from.
 */

const FORMAT = 'sallyport-backup';

const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Name of the last migration: the shape of the tables. */
  schema: z.string(),
  madeAt: z.int(),
});
export type BackupHeader = Omit<z.output<typeof headerSchema>, 'format'>;

const rowSchema = z.strictObject({
  table: z.string(),
  row: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
/** One row of a table, columns by name. */
export type BackupRow = z.output<typeof rowSchema>;

const endSchema = z.strictObject({ rows: z.int(), sha256: z.string() });

/**
 * Writes a backup as a whole or not at all; a file that is there is replaced. Only its owner can read it.
 * @returns how many rows it has
 */
export async function writeBackup(
  file: string,
  header: BackupHeader,
  rows: AsyncIterable<BackupRow>,
): Promise<number> {
  const unfinished = `${file}.part`;
  const hash = createHash('sha256');
  const out = createWriteStream(unfinished, { mode: 0o600 });
  const put = async (value: unknown): Promise<void> => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    if (!out.write(line)) await once(out, 'drain');
  };
  try {
    let count = 0;
    await put({ format: FORMAT, ...header });
    for await (const row of rows) {
      await put(row);
      count += 1;
    }
    out.end(`${JSON.stringify({ rows: count, sha256: hash.digest('hex') })}\n`);
    await once(out, 'finish');
    await rename(unfinished, file);
    return count;
  } catch (error) {
    out.destroy();
    await rm(unfinished, { force: true });
    throw error;
  }
}

/**
 * Reads a backup to its end without keeping it, so that a damaged one is found before anything is done.
 * @throws SallyportError `backup_unusable`
 */
export async function checkBackup(file: string): Promise<BackupHeader & { readonly rows: number }> {
  const hash = createHash('sha256');
  let header: BackupHeader | null = null;
  let before: string | null = null;
  let count = -1;
  for await (const line of lines(file)) {
    if (header === null) header = readHeader(file, line);
    if (before !== null) {
      hash.update(`${before}\n`);
      count += 1;
    }
    before = line;
  }
  const end = endSchema.safeParse(parseJson(before ?? ''));
  if (header === null || !end.success) throw unusable(file, 'it has no end: it was cut off');
  if (end.data.rows !== count || end.data.sha256 !== hash.digest('hex'))
    throw unusable(file, 'it was changed or damaged: its checksum is another one');
  return { ...header, rows: end.data.rows };
}

/** The rows of a backup that {@link checkBackup} has found good. */
export async function* readRows(file: string): AsyncGenerator<BackupRow> {
  for await (const line of lines(file)) {
    const row = rowSchema.safeParse(parseJson(line));
    if (row.success) yield row.data;
  }
}

async function* lines(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  try {
    await once(input, 'open');
  } catch (error) {
    throw unusable(file, `it can not be read: ${(error as Error).message}`);
  }
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

function readHeader(file: string, line: string): BackupHeader {
  const header = headerSchema.safeParse(parseJson(line));
  if (!header.success) throw unusable(file, 'it does not begin as one');
  return { schema: header.data.schema, madeAt: header.data.madeAt };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A refusal of the file as a whole. */
export function unusable(file: string, reason: string): SallyportError {
  return new SallyportError('backup_unusable', `${file} is no backup to restore: ${reason}.`, {
    remedy: 'Take another backup; what is there now is as it was.',
  });
}
