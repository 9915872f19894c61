import { readFile } from 'node:fs/promises';
import type { Context } from '../command.ts';
import { printableJson } from '../printable.ts';
import { renderTable } from '../table.ts';
import type { Part } from './child.ts';
import type { StartedServer } from './start-server.ts';

/** What sessions need, and why; a line of the configuration of the agent that gives it. */
const NEEDED = {
  dns: ['Sessions ask name servers of their own, never those of the host', 'dns: [9.9.9.9]'],
  echo: [
    'Sessions are shown once an echo service has seen their address',
    'echo: [https://echo.example/ip]',
  ],
} as const;
type Needed = keyof typeof NEEDED;

/** Keys that a configuration of the agent lacks for sessions. */
export async function missingForSessions(file: string): Promise<readonly Needed[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const keys = Object.keys(NEEDED) as Needed[];
  return keys.filter((key) => !new RegExp(`^${key}:`, 'm').test(text));
}

interface Running {
  readonly agent: Part | null;
  readonly server: StartedServer;
  readonly logs: string;
  /** Of the server. */
  readonly stateDir: string;
  readonly missing: readonly Needed[];
}

/** Where it is, how to get in, what is in the way, and what to do next. */
export async function welcome(
  context: Context,
  { agent, server, logs, stateDir, missing }: Running,
): Promise<void> {
  const { print, style, json, call } = context;
  const { url, first } = server;
  if (json) {
    print(
      `${printableJson({ url, user: first?.user ?? null, password: first?.password ?? null }, 0)}\n`,
    );
    return;
  }
  const access =
    first === null
      ? [
          ['Sign in', 'as before; the password of admin was shown at the first start'],
          ['Lost it?', `end this, then: sallyport server recover admin --state-dir ${stateDir}`],
        ]
      : [
          ['User', first.user],
          ['Password', `${style('bold', first.password)}   (shown only now)`],
        ];
  const rows = [['Address', style('bold', url)], ...access, ['Logs', logs]];
  print(`${style('green', 'Sallyport is up.')}\n\n${renderTable([], rows, '  ')}\n\n`);
  if (agent === null)
    print('An agent runs already: it was taken as it is, and stays at the end.\n\n');
  const findings = (await call('doctor', {})).filter(({ level }) => level === 'error');
  for (const { message, remedy } of findings) {
    print(`${style('red', 'In the way:')} ${message}\n  ${remedy}\n`);
  }
  if (findings.length > 0) print('\n');
  const [address = 'ADDR'] = (await call('host', {})).interfaces.flatMap(({ addresses }) =>
    addresses.filter(({ egress, family }) => egress && family === 'ipv4').map((one) => one.address),
  );
  if (missing.length > 0) {
    const reasons = missing.map((key) => `${NEEDED[key][0]}.\n`).join('');
    const lines = missing.map((key) => `  ${NEEDED[key][1]}\n`).join('');
    print(
      `${reasons}Name those that you trust in the configuration of the agent (docs/agent.md):\n${lines}\n`,
    );
  }
  const next = [
    ['sign in, from another terminal', `sallyport login ${url}`],
    [
      'a network that leaves by one address',
      `sallyport network create z_custom_a --egress-ip ${address}`,
    ],
    ['a desktop with a browser, from Debian packages', 'npm run image'],
    [
      'an image whose sessions leave by that network, or not at all',
      'sallyport image create Desktop --docker-image sallyport/desktop --restrict-to-network z_custom_a',
    ],
    [
      'a session, which is shown once its address was seen',
      'sallyport session start Desktop --wait',
    ],
    ['what stands in the way, with the remedy', 'sallyport doctor'],
  ] as const;
  const lines = next.map(([what, line]) => `  ${style('dim', `# ${what}`)}\n  ${line}\n`);
  print(`Next\n${lines.join('')}\nCtrl-C ends both.\n`);
}
