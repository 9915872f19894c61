import { readFile } from 'node:fs/promises';
import type { Context } from '../command.ts';
import { badInput } from '../show-error.ts';

/** Where a secret comes from: never from the line itself, which every user of the machine can see. */
interface SecretSource {
  /** The option that names a file; - stands for standard input. */
  readonly flag: string;
  readonly file: string | undefined;
  /** What is asked where there is a terminal and no file. */
  readonly question: string;
}

/**
 * A password or key: the first line of a file or of standard input, or typed without being shown.
 * @throws SallyportError `invalid_input`
 */
export async function readSecret(context: Context, source: SecretSource): Promise<string> {
  const { flag, file, question } = source;
  if (file === undefined) {
    const { ask, json } = context;
    if (ask !== null && !json) return ask(question, { hidden: true });
    throw badInput(flag, undefined, {
      message: 'is missing, and there is no terminal to ask at',
      remedy: 'name a file that holds it, or - for standard input',
    });
  }
  const text = file === '-' ? await context.readStdin() : await readText(flag, file);
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line !== '') return line;
  throw badInput(flag, file, {
    message: 'is empty',
    remedy: 'write the secret into its first line',
  });
}

/** A new password, which is typed twice. @throws SallyportError `invalid_input` */
export async function readNewPassword(
  context: Context,
  file: string | undefined,
  question: string,
): Promise<string> {
  const flag = '--password-file';
  const password = await readSecret(context, { flag, file, question });
  if (file !== undefined || context.ask === null) return password;
  const again = await context.ask('The same again: ', { hidden: true });
  if (again === password) return password;
  throw badInput('password', undefined, {
    message: 'the two are not the same',
    remedy: 'type it again',
  });
}

async function readText(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw badInput(flag, file, {
      message: `can not be read: ${(error as Error).message}`,
      remedy: 'name a file that you can read, or - for standard input',
    });
  }
}

/** 120 random bits in letters, digits, - and _. */
export function newPassword(randomBytes: (size: number) => Buffer): string {
  return randomBytes(15).toString('base64url');
}
