import { ERRORS, SallyportError, toProblem } from '@sallyport/contract/errors';
import { readConfig } from './config.ts';
import { runServer } from './run-server.ts';

const HELP = `Usage: sallyport server run [OPTIONS]

People, images, networks and the audit log over HTTP. Needs no privileges.

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
  throw new SallyportError('invalid_input', `There is no command "sallyport server ${name}".`, {
    remedy: 'See: sallyport server --help',
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { code, detail, remedy } = toProblem(error);
  process.stderr.write(`sallyport: ${detail}${remedy === '' ? '' : `\n  ${remedy}`}\n`);
  if (code === 'internal') console.error(error);
  process.exitCode = ERRORS[code].exit;
}
