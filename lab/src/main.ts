import { parseArgs } from 'node:util';
import { renderError, runLabCommand } from './commands.ts';

// A reader that has seen enough (head) is no error.
process.stdout.on('error', () => undefined);

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Not `once`: npm's runner passes Ctrl-C on, so that it comes twice, and the second must not
  // end the process while it cleans up.
  process.on(signal, () => {
    controller.abort(new Error(`stopped by ${signal}`));
  });
}

/** Everything after the first `--` belongs to the command that is to be run. */
function splitCommand(argv: readonly string[]): readonly [readonly string[], readonly string[]] {
  const at = argv.indexOf('--');
  return at === -1 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
}

try {
  const [own, command] = splitCommand(process.argv.slice(2));
  const { values, positionals } = parseArgs({
    args: [...own],
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'lab' },
      all: { type: 'boolean', default: false },
      ipv6: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  process.exitCode = await runLabCommand(
    { ...values, positionals, command },
    { signal: controller.signal, print: (line) => process.stdout.write(`${line}\n`) },
  );
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`);
  process.exitCode = 2;
}
