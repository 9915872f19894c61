import { SallyportError } from '@sallyport/contract/errors';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

/**
 * Runs commands of ip(8) in one process. What is wanted already, and what is gone already, are fine;
 * the other commands are tried all the same.
 * @throws SallyportError `host_refused` with the first refusal
 */
export async function runIpBatch(run: Run, commands: readonly string[]): Promise<void> {
  if (commands.length === 0) return;
  // With -force a command that fails does not keep the others from being tried.
  const { code, stderr } = await refusing(
    'ip refused the routing',
    run('ip', ['-4', '-force', '-batch', '-'], {
      stdin: `${commands.join('\n')}\n`,
      allowFailure: true,
    }),
  );
  if (code === 0) return;
  const failure = firstRefusal(stderr, commands);
  if (failure === null) return;
  throw new SallyportError('host_refused', `ip refused: ${failure}`, {
    remedy: 'See: sallyport doctor',
  });
}

/** EEXIST of an add; ENOENT and ESRCH of a removal, and the kernel's own word for a table without routes. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  add: /File exists/,
  del: /No such file or directory|No such process|FIB table does not exist/,
};

/** `ip -batch` prints a message and then `Command failed -:LINE` for each command that failed. */
export function firstRefusal(stderr: string, commands: readonly string[]): string | null {
  let message = '';
  let told = false;
  for (const line of stderr.split('\n')) {
    const failed = /^Command failed .*:(\d+)$/.exec(line);
    if (failed === null) {
      if (line !== '') message = line;
      continue;
    }
    told = true;
    const command = commands[Number(failed[1]) - 1] ?? '';
    const verb = command.split(' ')[1] ?? '';
    if (HARMLESS[verb]?.test(message) !== true) return `${command}: ${message}`;
  }
  // It failed without naming a command: not to be taken for done.
  return told ? null : message;
}
