import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve as absolute } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { type Context, defineCommand } from '../command.ts';
import { DEFAULT_DOCKER_HOST } from '../config.ts';
import { printableJson } from '../printable.ts';
import { badInput } from '../show-error.ts';
import { renderTable } from '../table.ts';
import type { Part } from '../up/child.ts';
import { assertDockerAnswers } from '../up/docker-answers.ts';
import { startAgent } from '../up/start-agent.ts';
import { startServer, type StartedServer } from '../up/start-server.ts';
import { assertProgramReadable, ensureServerFolder, findServerUser } from '../up/server-user.ts';

export const up = defineCommand({
  description:
    'Starts agent and server on this host for a first try, and ends both on Ctrl-C. The agent runs\n' +
    'as root, the server as a user of its own without privileges. Networks stay after the end, and\n' +
    'stay guarded. For good: `sallyport agent install`, and `sallyport server run` as a service.',
  options: {
    listen: {
      value: 'HOST:PORT',
      summary: 'Where the server listens (default 127.0.0.1:8080)',
    },
    'state-dir': {
      value: 'DIR',
      summary: 'Below it both keep what they have (default /var/lib/sallyport and -server)',
      offer: 'file',
    },
    config: {
      value: 'FILE',
      summary: 'Configuration of the agent (default /etc/sallyport/agent.yaml, if it is there)',
      offer: 'file',
    },
  },
  examples: ['sudo sallyport up', 'sudo sallyport up --listen 127.0.0.1:9000 --state-dir /srv/try'],
  run: async (context, { options }) => {
    const listen = options.listen ?? '127.0.0.1:8080';
    const places = placesBelow(options['state-dir']);
    const config = options.config === undefined ? undefined : absolute(options.config);
    if (process.getuid?.() !== 0) {
      throw new SallyportError('host_refused', 'The agent needs root.', {
        remedy: 'Run it as root: sudo sallyport up',
      });
    }
    await assertDockerAnswers(context.dockerHost ?? DEFAULT_DOCKER_HOST);
    await assertProgramReadable();
    const user = await findServerUser();
    await mkdir(places.logs, { recursive: true, mode: 0o755 });
    await ensureServerFolder(places.server, user);
    // From here on: whoever asks to end it during the start gets that as well.
    const asked = untilSignal();
    const parts: Part[] = [];
    try {
      const agent = await context.during(
        'Starting the agent',
        startAgent(context, {
          socket: context.socket,
          stateDir: places.agent,
          logFile: join(places.logs, 'agent.log'),
          config,
          gid: user.gid,
        }),
      );
      if (agent !== null) parts.push(agent);
      const server = await context.during(
        'Starting the server',
        startServer({
          listen,
          agentSocket: context.socket,
          stateDir: places.server,
          logFile: join(places.logs, 'server.log'),
          user,
        }),
      );
      parts.push(server.part);
      const echo = await namesEcho(config ?? '/etc/sallyport/agent.yaml');
      await tell(context, { agent, server, logs: places.logs, stateDir: places.server, echo });
      await Promise.race([asked, ...parts.map((part) => unexpectedEnd(part))]);
    } finally {
      const talks = !context.json && parts.length > 0;
      if (talks) context.print('\nEnding …\n');
      // The server first: it speaks to the agent.
      for (const part of parts.toReversed()) await part.stop();
      if (talks) context.print('Ended. Networks stay as they are, and stay guarded.\n');
    }
    return null;
  },
});

interface Places {
  readonly agent: string;
  readonly server: string;
  readonly logs: string;
}

function placesBelow(folder: string | undefined): Places {
  if (folder === undefined) {
    const agent = '/var/lib/sallyport';
    return { agent, server: `${agent}-server`, logs: '/var/log/sallyport' };
  }
  if (!folder.startsWith('/')) {
    throw badInput('--state-dir', folder, {
      message: 'is not an absolute path',
      remedy: 'begin with /',
    });
  }
  return {
    agent: join(folder, 'agent'),
    server: join(folder, 'server'),
    logs: join(folder, 'log'),
  };
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    // Not once: an impatient second Ctrl-C must not leave one of the two behind.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

async function unexpectedEnd(part: Part): Promise<never> {
  await part.ended;
  throw new SallyportError('host_refused', 'Agent or server has ended by itself.', {
    remedy: `It said:\n${await part.lastWords()}`,
  });
}

/** Whether a configuration of the agent names echo services: without any no session can be verified. */
async function namesEcho(file: string): Promise<boolean> {
  return /^echo:/m.test(await readFile(file, 'utf8').catch(() => ''));
}

interface Running {
  readonly agent: Part | null;
  readonly server: StartedServer;
  readonly logs: string;
  /** Of the server. */
  readonly stateDir: string;
  readonly echo: boolean;
}

/** Where it is, how to get in, what is in the way, and what to do next. */
async function tell(
  context: Context,
  { agent, server, logs, stateDir, echo }: Running,
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
  if (!echo) {
    print(
      'Sessions are shown once an echo service has seen their address. Name one that you trust in\n' +
        'the configuration of the agent (docs/agent.md): echo: [https://echo.example/ip]\n\n',
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
