import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';

const loginSchema = z.union([
  z.strictObject({
    user: z.string(),
    cookie: z.string().describe('NAME=VALUE of the login'),
    csrf: z.string(),
  }),
  z.strictObject({ user: z.string(), key: z.string() }),
]);
/** How the command line proves who it is: by the login that a password began, or by an API key. */
export type Login = z.infer<typeof loginSchema>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  current: z.string().nullable().describe('The server of the last login'),
  servers: z.record(z.string(), loginSchema),
});
/** What is kept between runs: never a password. */
export type Credentials = z.infer<typeof fileSchema>;

const NONE: Credentials = { version: 1, current: null, servers: {} };

/**
 * Reads the file; one that is not there holds nothing.
 * @throws SallyportError `invalid_input` where others can read it, or it is not what was written
 */
export async function readCredentials(file: string): Promise<Credentials> {
  let text: string;
  try {
    const { mode } = await stat(file);
    // As ssh does with private keys: who can read it can be its owner on the server.
    if ((mode & 0o077) !== 0)
      throw unusable(file, 'can be read by others', `Make it private: chmod 600 ${file}`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return NONE;
    throw unusable(file, `can not be read: ${message}`, 'Make it readable for you');
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw unusable(file, 'is not what `sallyport login` writes', `Remove it: rm ${file}`);
  }
}

/** Replaces the file as a whole, readable by its owner only from the first moment on. */
export async function writeCredentials(file: string, credentials: Credentials): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(fresh, { force: true });
    await writeFile(fresh, `${JSON.stringify(credentials, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
    await chmod(fresh, 0o600);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    const remedy = 'Make the folder writable, or name another by XDG_CONFIG_HOME';
    throw unusable(file, `can not be written: ${(error as Error).message}`, remedy);
  }
}

function unusable(file: string, fault: string, remedy: string): SallyportError {
  return new SallyportError('invalid_input', `The file of logins, ${file}, ${fault}.`, { remedy });
}
