import { SallyportError } from '@sallyport/contract/errors';
import { defineCommand } from '../command.ts';

/* Programs of their own, started by bin/sallyport; here for help and completion. */

const STATE_DIR = {
  value: 'DIR',
  summary: 'Where its SQLite database is kept; DATABASE_URL names a PostgreSQL',
  offer: 'file',
} as const;

function elsewhere(line: string): () => Promise<never> {
  return async () => {
    throw new SallyportError('invalid_input', 'The server is not started this way.', {
      remedy: `Let it be the first word of bin/sallyport: ${line}`,
    });
  };
}

export const server = defineCommand({
  description:
    'The server is what people use. It is a program of its own: `server` has to be the first word,\n' +
    'and `sallyport server --help` tells all of it.',
  options: {
    listen: { value: 'HOST:PORT', summary: 'Where to listen (default 127.0.0.1:8080)' },
    'state-dir': STATE_DIR,
    'agent-socket': { value: 'PATH', summary: 'Where the agent listens', offer: 'file' },
    'default-network': {
      value: 'NAME',
      summary: 'Where sessions of images without a restriction leave',
      offer: 'network',
    },
  },
  examples: ['sallyport server run --state-dir /srv/sallyport-server'],
  run: elsewhere('sallyport server run'),
});

export const serverRecover = defineCommand({
  description:
    'Gives a new password, without a second factor, to who is locked out, and prints it once. All\n' +
    'their logins end. To be run on the machine of the server; with SQLite the server is stopped first.',
  argument: { label: 'USER', summary: 'Who is locked out', count: 'one' },
  options: { 'state-dir': STATE_DIR },
  examples: ['sallyport server recover admin'],
  run: elsewhere('sallyport server recover USER'),
});

export const backup = defineCommand({
  description:
    'Writes all that the server keeps to one file that only its owner can read, also while the server\n' +
    'runs. Networks are the agent’s: `sallyport export` has them.',
  argument: {
    label: 'FILE',
    summary: 'Where to; replaced as a whole where it is there',
    count: 'one',
    offer: 'file',
  },
  options: { 'state-dir': STATE_DIR },
  examples: ['sallyport backup /var/backups/sallyport.backup'],
  run: elsewhere('sallyport backup FILE'),
});

export const restore = defineCommand({
  description:
    'Restores a backup into an empty database, SQLite or PostgreSQL, whichever it came from. With\n' +
    'SQLite the server is stopped first.',
  argument: {
    label: 'FILE',
    summary: 'What `sallyport backup` wrote',
    count: 'one',
    offer: 'file',
  },
  options: { 'state-dir': STATE_DIR },
  examples: [
    'sallyport restore /var/backups/sallyport.backup --state-dir /srv/sallyport-server',
    'DATABASE_URL=postgres://sallyport@db/sallyport sallyport restore sallyport.backup',
  ],
  run: elsewhere('sallyport restore FILE'),
});
