import { Command as Parser, CommanderError } from 'commander';
import { nextWords } from './resolve-command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { REGISTRY } from './registry.ts';
import { SERVER_COMMANDS } from './server-commands.ts';

const ABOUT = 'Egress networks for containers: this network leaves by this address, or not at all.';

type Row = readonly [term: string, text: string];

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'sallyport host',
    'sallyport network create z_custom_a --egress-ip 192.168.4.153',
    'sallyport network verify --echo http://192.0.2.80/',
    'sallyport login https://desk.example',
    'sallyport help network create',
  ],
  network: [
    'sallyport network create z_custom_a --egress-ip 192.168.4.153',
    'sallyport network verify --echo http://192.0.2.80/',
  ],
  user: ['sallyport user create anna --group Research', 'sallyport user update anna --disable'],
  group: ['sallyport group create Research --setting maxSessions=2', 'sallyport group list'],
  image: [
    'sallyport image create Chromium --docker-image sallyport/desktop --restrict-to-network z_custom_a',
    'sallyport image list --startable',
  ],
  session: ['sallyport session start Chromium --wait', 'sallyport session list'],
  key: ['sallyport key create ci --scope images.read --days 30', 'sallyport key list'],
  audit: ['sallyport audit list --since 08:00', 'sallyport audit verify'],
  server: ['sallyport server run --state-dir /srv/sallyport-server'],
  agent: ['sallyport agent run', 'sallyport agent install --dry-run'],
};

/** The help of `sallyport` or of one of its groups: all commands below it. */
export function renderGroupHelp(path: readonly string[]): string {
  const rows = nextWords(path, REGISTRY).map(
    ({ path: words, summary }) => [words.join(' '), summary] as const,
  );
  const more = [
    ['help [COMMAND]', 'Help for a command'],
    ['--version', 'Print the version'],
  ] as const;
  const options = path.length === 0 ? [...GLOBAL_OPTIONS, more[1]] : GLOBAL_OPTIONS;
  const examples = EXAMPLES[path.join(' ')] ?? [];
  return [
    `Usage: ${['sallyport', ...path].join(' ')} COMMAND [OPTIONS]`,
    ...(path.length === 0 ? ['', ABOUT] : []),
    ...(path.length === 0 ? chapters([...rows, more[0]]) : ['', 'Commands:', ...aligned(rows)]),
    '',
    'Global options:',
    ...aligned(options),
    '',
    'Examples:',
    ...examples.map((line) => `  ${line}`),
    '',
    'Exit codes: 0 done, 1 the answer is no, 2 bad input, 3 no agent or server, 4 refused by state, 70 a bug.',
    '',
  ].join('\n');
}

/** What is wrong with words that name no command, with the nearest word that would. */
export function unknownCommand(path: readonly string[], words: readonly string[]): CommanderError {
  const parser = new Parser(['sallyport', ...path].join(' '))
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const word of new Set(
    nextWords(path, REGISTRY).map((entry) => entry.path[path.length] ?? ''),
  )) {
    parser.command(word);
  }
  parser.option('--version');
  if (words.every((word) => word.startsWith('-'))) {
    return new CommanderError(2, 'sallyport.noCommand', 'a command is missing');
  }
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error;
    throw error;
  }
  return new CommanderError(2, 'sallyport.noCommand', 'a command is missing');
}

const PROGRAMS: readonly string[] = ['up', 'agent', 'server', 'completion', 'help'];
const OF_SERVER: ReadonlySet<string> = new Set(SERVER_COMMANDS.map(({ path }) => path[0] ?? ''));

/** All commands are too many for one list. */
function chapters(rows: readonly Row[]): readonly string[] {
  const group = ([term]: Row): string => {
    const [word = ''] = term.split(' ');
    if (PROGRAMS.includes(word)) return 'Programs, and help:';
    return OF_SERVER.has(word) ? 'Images, sessions and people (server):' : 'Networks (agent):';
  };
  const width = Math.max(...rows.map(([term]) => term.length));
  return [...Map.groupBy(rows, group)].flatMap(([title, own]) => [
    '',
    title,
    ...aligned(own, width),
  ]);
}

function aligned(
  rows: readonly Row[],
  width = Math.max(...rows.map(([term]) => term.length)),
): readonly string[] {
  return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${text}`);
}
