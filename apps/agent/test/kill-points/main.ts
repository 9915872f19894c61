import { createParts } from '../../src/compose-host.ts';
import { readConfig } from '../../src/config.ts';
import { runAgent } from '../../src/run-agent.ts';
import { withKillPoints } from './kill-points.ts';

/*
 * The agent as it is, but that it kills itself: main.ts N [OPTIONS OF agent run]. From SIGUSR2 on it
 * counts the points before and after every change that it makes, and dies at the N-th by SIGKILL, which
 * leaves no time for anything. The product has no such switch; this is a program of the tests.
 */

const [wanted = '', ...args] = process.argv.slice(2);
let armed = false;
let seen = 0;

process.on('SIGUSR2', () => {
  armed = true;
  console.log('armed');
});

const config = readConfig(args);
const parts = withKillPoints(createParts(config), (point) => {
  if (!armed) return;
  seen += 1;
  console.log(`point ${seen}: ${point}`);
  if (seen === Number(wanted)) process.kill(process.pid, 'SIGKILL');
});

process.exitCode = await runAgent(config, parts);
