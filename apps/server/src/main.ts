import { ERRORS, SallyportError, toProblem } from '@sallyport/contract/errors';
import { recoverAccount } from './auth/recover-account.ts';
import { runBackup, runRestore } from './backup/run-backup.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './db/open-database.ts';
import { REAL_WORLD } from './ids.ts';
import { runServer } from './run-server.ts';

const HELP = `Usage: sallyport server run [OPTIONS]
       sallyport server recover USER [OPTIONS]
       sallyport backup FILE [OPTIONS]
       sallyport restore FILE [OPTIONS]

run      People, images, networks and the audit log over HTTP. Needs no privileges.
recover  A new password for who is locked out, without a second factor; all their logins end.
         With SQLite the server has to be stopped first.
backup   All of it to a file, also while the server runs.
restore  Into an empty database, SQLite or PostgreSQL, whichever it came from.

Options:
  --listen HOST:PORT     Where to listen   (SALLYPORT_LISTEN, 127.0.0.1:8080)
  --state-dir DIR        Where the SQLite database is kept
                         (SALLYPORT_SERVER_STATE_DIR, /var/lib/sallyport-server)
  --https                People reach the server by https, which a proxy before it ends
  --trusted-proxy ADDR   Believe the X-Forwarded headers of this address or prefix; repeatable
  --agent-socket PATH    Unix socket of the agent of this host
                         (SALLYPORT_AGENT_SOCKET, /run/sallyport/agent.sock)
  --default-network NAME Where sessions go whose image is restricted to no network
                         (SALLYPORT_DEFAULT_NETWORK)
  --pages DIR            The built page (apps/web/dist of the installation)
  --metrics HOST:PORT    Tell metrics there, GET /metrics, to anybody who reaches it
                         (SALLYPORT_METRICS_LISTEN, nowhere)
  --log-level LEVEL      trace, debug, info, warn, error, fatal or silent

Environment:
  DATABASE_URL           postgres://… instead of SQLite

Examples:
  sallyport server run --state-dir /srv/sallyport-server
  DATABASE_URL=postgres://sallyport@db/sallyport sallyport server run --listen 0.0.0.0:8080
`;

async function main([name = '--help', ...rest]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help' || rest.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === 'run') return runServer(readConfig(rest));
  if (name === 'recover') return recover(rest);
  if (name === 'backup' || name === 'restore') {
    const [file, flags] =
      rest[0]?.startsWith('-') === false ? [rest[0], rest.slice(1)] : [undefined, rest];
    return name === 'backup'
      ? runBackup(file, readConfig(flags))
      : runRestore(file, readConfig(flags));
  }
  throw new SallyportError('invalid_input', `There is no command "sallyport server ${name}".`, {
    remedy: 'See: sallyport server --help',
  });
}

/** The name comes first, so that the options are those of `run`. */
async function recover([user = '', ...rest]: readonly string[]): Promise<number> {
  if (user === '' || user.startsWith('-')) {
    throw new SallyportError('invalid_input', 'The name of the user is missing.', {
      remedy: 'Give it first: sallyport server recover admin',
    });
  }
  const database = await openDatabase(readConfig(rest));
  try {
    const password = await recoverAccount(database.db, REAL_WORLD, user);
    process.stdout.write(`The password of ${user} is ${password}\nIt is shown only now.\n`);
    return 0;
  } finally {
    await database.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { code, detail, remedy } = toProblem(error);
  process.stderr.write(`sallyport: ${detail}${remedy === '' ? '' : `\n  ${remedy}`}\n`);
  if (code === 'internal') console.error(error);
  process.exitCode = ERRORS[code].exit;
}
