import { SallyportError } from '@sallyport/contract/errors';
import { refusing } from './refusal.ts';
import type { Run } from './run.ts';

/**
 * Runs commands of ip(8), each led by its family (`-4` or `-6`), in one process for each family: within a
 * batch ip knows no options. What is wanted already, and what is gone already, are fine; the other
 * commands are tried all the same.
 * @throws SallyportError `host_refused` with the first refusal
 */
export async function runIpBatch(run: Run, commands: readonly string[]): Promise<void> {
  const refusals: (string | null)[] = [];
  for (const family of ['-4', '-6']) {
    const own = commands.filter((command) => command.startsWith(`${family} `));
    refusals.push(
      await runFamily(
        run,
        family,
        own.map((command) => command.slice(family.length + 1)),
      ),
    );
  }
  const refusal = refusals.find((one) => one !== null);
  if (refusal === undefined) return;
  throw new SallyportError('host_refused', `ip refused: ${refusal}`, {
    remedy: 'See: sallyport doctor',
  });
}

/** The first refusal, or null. */
async function runFamily(
  run: Run,
  family: string,
  commands: readonly string[],
): Promise<string | null> {
  if (commands.length === 0) return null;
  // With -force a command that fails does not keep the others from being tried.
  const { code, stderr } = await refusing(
    'ip refused the routing',
    run('ip', [family, '-force', '-batch', '-'], {
      stdin: `${commands.join('\n')}\n`,
      allowFailure: true,
    }),
  );
  return code === 0 ? null : firstRefusal(stderr, commands);
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
