import { once } from 'node:events';
import { join } from 'node:path';
import { KINDS, type Kind, makeDatabase } from '../databases.ts';
import { listenAsAgent } from './agent.ts';
import { fill } from './fill.ts';

/**
 * A database with much in it, and an agent that goes with it, for a server that is measured.
 * Arguments: `sqlite` or `postgres`, and how many sessions. Prints one line of JSON; ends, and takes all
 * away, when its standard input ends.
 */
const [kind, count] = process.argv.slice(2);
if (!KINDS.includes(kind as Kind)) throw new Error(`${kind} is none of ${KINDS.join(', ')}`);

const database = await makeDatabase(kind as Kind);
try {
  const open = await database.open();
  const filled = await fill(open, Number(count));
  await open.close();
  const agentSocket = join(database.place.stateDir, 'agent.sock');
  const agent = await listenAsAgent(agentSocket, filled);
  console.log(JSON.stringify({ ...database.place, agentSocket, password: filled.password }));
  await once(process.stdin.resume(), 'end');
  agent.close();
  agent.closeAllConnections();
} finally {
  await database.remove();
}
