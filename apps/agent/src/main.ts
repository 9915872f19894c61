import { SallyportError, ERRORS, toProblem } from '@sallyport/contract/errors';
import { cleanup } from './cleanup.ts';
import { readConfig } from './config.ts';
import { loadGuard } from './guard.ts';
import { runAgent } from './run-agent.ts';

const HELP = `Usage: sallyport agent COMMAND [OPTIONS]

Keeps egress networks on this Docker host: this network leaves by this address, or not at all.

Commands:
  run       Run the agent in the foreground
  guard     Load the stored guard once, before Docker starts, and end
  cleanup   Remove everything that agents have made on this host
  install   Put the program, its systemd units and a configuration in place, and start it
  uninstall Stop it, and remove networks, units and program

Options:
  --socket PATH        Unix socket of the API      (SALLYPORT_AGENT_SOCKET, /run/sallyport/agent.sock)
  --state-dir DIR      Where networks are kept     (SALLYPORT_STATE_DIR, /var/lib/sallyport)
  --docker-host URL    Unix socket of Docker       (DOCKER_HOST, unix:///var/run/docker.sock)
  --config FILE        Configuration               (/etc/sallyport/agent.yaml)
  --log-level LEVEL    trace, debug, info, warn, error, fatal or silent

Options of install and uninstall:
  --dry-run            Only say what would be done
  --root DIR           Another system below this directory   (/)
  --require-guard      Docker does not start when the guard can not be loaded
  --keep-networks      uninstall: networks, guard and routes stay

Examples:
  sallyport agent run
  sallyport agent run --state-dir /srv/sallyport --log-level debug
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  run: (args) => runAgent(readConfig(args)),
  guard: (args) => loadGuard(readConfig(args)),
  cleanup: (args) => cleanup(readConfig(args)),
  // Loaded when asked for: the daemon needs nothing of it.
  install: async (args) => (await import('./install/commands.ts')).install(args),
  uninstall: async (args) => (await import('./install/commands.ts')).uninstall(args),
};

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help' || rest.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new SallyportError('invalid_input', `There is no command "sallyport agent ${name}".`, {
      remedy: 'See: sallyport agent --help',
    });
  }
  return command(rest);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { code, detail, remedy } = toProblem(error);
  process.stderr.write(`sallyport: ${detail}${remedy === '' ? '' : `\n  ${remedy}`}\n`);
  if (code === 'internal') console.error(error);
  process.exitCode = ERRORS[code].exit;
}
