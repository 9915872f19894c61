import { mkdir } from 'node:fs/promises';
import { join, resolve as absolute } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { defineCommand } from '../command.ts';
import { DEFAULT_DOCKER_HOST } from '../config.ts';
import { printable } from '../printable.ts';
import { badInput } from '../show-error.ts';
import type { Part } from '../up/child.ts';
import { ensurePage } from '../up/build-page.ts';
import { assertDockerAnswers } from '../up/docker-answers.ts';
import { startAgent } from '../up/start-agent.ts';
import { startServer } from '../up/start-server.ts';
import { missingForSessions, welcome } from '../up/welcome.ts';
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
      const fault = await context.during('Building the page', ensurePage());
      if (fault !== '' && !context.json) {
        context.print(`The page could not be built; all else works.\n${printableLines(fault)}\n`);
      }
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
      const missing = await missingForSessions(config ?? '/etc/sallyport/agent.yaml');
      await welcome(context, {
        agent,
        server,
        logs: places.logs,
        stateDir: places.server,
        missing,
      });
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

function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${printable(line)}\n`)
    .join('');
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
