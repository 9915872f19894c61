import type { ServerClient } from '@sallyport/contract/client';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import type { Ask } from './ask-terminal.ts';
import type { Context } from './command.ts';
import type { Environment } from './config.ts';
import { printableDeep } from './printable.ts';
import { during } from './progress.ts';
import { REGISTRY } from './registry.ts';
import type { FieldNames } from './show-error.ts';
import { createStyle } from './style.ts';
import { openAgent, openLines } from './transport.ts';

interface Stream {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** The world of one run; tests bring their own. */
export interface World {
  readonly environment: Environment;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly readStdin: () => Promise<string>;
  /** Null: nobody sits at a terminal. */
  readonly ask: Ask | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Null: nobody would see it. */
  readonly openPage: ((url: string) => boolean) | null;
}

/** How an error has to be told; known better as the line is understood. */
export interface Telling {
  readonly json: boolean;
  names: FieldNames;
  /** 0 once lines of JSON are printed: an error is then one of them. */
  indent: 0 | 2;
  /** What is printed beside the error in JSON. */
  beside: Readonly<Record<string, unknown>>;
}

/** Global options of the line. */
interface Globals {
  readonly socket: string | undefined;
  readonly server: string | undefined;
  readonly colour: boolean;
}

/** What a command works with, made from the world. */
export function createContext(world: World, telling: Telling, globals: Globals): Context {
  const { json } = telling;
  const { environment, stdout, stderr } = world;
  const connection = { socket: globals.socket ?? environment.socket, actor: environment.actor };
  const client = openAgent(connection);
  const safe = <T>(value: T): T => (json ? value : printableDeep(value));
  const { logins, serverExactly } = serverParts(environment, globals.server);
  return {
    call: async (name, input) => safe(await client(name, input)),
    follow: async () => {
      telling.indent = 0;
      const lines = await openLines(connection, ENDPOINTS.followEvents.path);
      return mapAsync(lines, (line) => safe(ENDPOINTS.followEvents.response.parse(line)));
    },
    server: async (name, input) => safe(await serverExactly(name, input)),
    serverExactly,
    logins,
    ask: world.ask,
    socket: connection.socket,
    dockerHost: environment.dockerHost,
    now: world.now,
    randomBytes: world.randomBytes,
    sleep: world.sleep,
    openPage: world.openPage,
    json,
    catalogue: REGISTRY,
    style: createStyle(stdout.isTTY === true && environment.colour && globals.colour),
    print: (text) => stdout.write(text),
    tellBeside: (value) => {
      telling.beside = value;
    },
    during: (sentence, work) => (json ? work : during(stderr, sentence, work)),
    readStdin: world.readStdin,
  };
}

/** Loaded and read when a command first asks: most commands need no server. */
function serverParts(
  environment: Environment,
  flag: string | undefined,
): Pick<Context, 'logins' | 'serverExactly'> {
  const { server: variable, apiKey, credentialsFile } = environment;
  const access = () => import('./server/server-access.ts');
  const site = async () => (await access()).findSite({ flag, variable, apiKey, credentialsFile });
  const serverExactly: ServerClient = async (name, input) =>
    (await access()).enterServer(await site())(name, input);
  return {
    serverExactly,
    logins: {
      file: credentialsFile,
      site,
      keep: async (one) => (await access()).keepLogin(credentialsFile, one),
    },
  };
}

async function* mapAsync<A, B>(values: AsyncIterable<A>, map: (value: A) => B): AsyncGenerator<B> {
  for await (const value of values) yield map(value);
}
