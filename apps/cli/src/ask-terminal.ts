import { Writable } from 'node:stream';
import { SallyportError } from '@sallyport/contract/errors';

/** Asks a person and gives the line that they type; `hidden`: without showing it. */
export type Ask = (question: string, how: { readonly hidden: boolean }) => Promise<string>;

/**
 * Asks on the terminal. The question goes to standard error, since standard output may be kept.
 * @throws SallyportError `invalid_input` when the person ends the input instead
 */
export const askTerminal: Ask = async (question, { hidden }) => {
  const { createInterface } = await import('node:readline');
  // Readline takes the terminal's own echo away and writes what is typed itself: here, to nobody.
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!hidden) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  // Only now: who is quick must not find the terminal's echo still on.
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => {
        lines.close();
        process.stderr.write('\n');
        process.kill(process.pid, 'SIGINT');
      });
      lines.once('close', () => reject(new SallyportError('invalid_input', 'Nothing was typed.')));
    });
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
};
