import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { askTerminal } from './ask-terminal.ts';
import { readEnvironment } from './config.ts';
import { run } from './run.ts';

// A reader that has gone, as in `sallyport events | head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), {
  environment: readEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => text(process.stdin),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askTerminal : null,
  now: Date.now,
  randomBytes,
});
