import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { askTerminal } from './ask-terminal.ts';
import { readEnvironment } from './config.ts';
import { openPage } from './open-page.ts';
import { run } from './run.ts';

// A reader that has gone, as in `sallyport events | head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const environment = readEnvironment();
process.exitCode = await run(process.argv.slice(2), {
  environment,
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => text(process.stdin),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askTerminal : null,
  now: Date.now,
  randomBytes,
  sleep: (milliseconds) => setTimeout(milliseconds),
  openPage: environment.display && process.stdout.isTTY ? openPage : null,
});
