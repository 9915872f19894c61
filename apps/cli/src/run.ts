import { createClient, requestPath } from '@sallyport/contract/client';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import { CommanderError } from 'commander';
import type { Context, Entry } from './command.ts';
import type { Environment } from './config.ts';
import { parseWords, renderHelp } from './parser.ts';
import { printable, printableDeep, printableJson } from './printable.ts';
import { during } from './progress.ts';
import { resolveCommand } from './resolve-command.ts';
import { REGISTRY } from './registry.ts';
import { exitCodeOf, type FieldNames, problemFor, renderProblem } from './show-error.ts';
import { createStyle } from './style.ts';
import { type Connection, createTransport, openLines } from './transport.ts';
import { aliasesOf, nameOf, usageError } from './usage.ts';

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
}

/** Runs one command line. Gives the exit code; never throws. */
export async function run(words: readonly string[], world: World): Promise<number> {
  // Known before the line is parsed, because errors of the line itself obey it too.
  const end = words.indexOf('--');
  const flags = end < 0 ? words : words.slice(0, end);
  const json = flags.includes('--json');
  const telling: Telling = { json, names: {}, indent: 2 };
  try {
    const resolved = resolveCommand(words, REGISTRY);
    if (resolved.kind === 'group') return await runGroup(resolved.path, resolved.rest, world);
    const { entry, rest } = resolved;
    const command = await entry.load();
    telling.names = command.fields ?? {};
    const parsed = parseEntry(entry, command, rest);
    if (parsed.help) {
      world.stdout.write(renderHelp(nameOf(entry), command, aliasesOf(entry)));
      return 0;
    }
    const connection = {
      socket: parsed.socket ?? world.environment.socket,
      actor: world.environment.actor,
    };
    const colour =
      world.stdout.isTTY === true && world.environment.colour && !flags.includes('--no-color');
    const context = createContext(connection, { telling, colour, world });
    const result = await command.run(context, parsed);
    if (result === null) return 0;
    world.stdout.write(json ? `${printableJson(result.json)}\n` : await result.text());
    return result.exit ?? 0;
  } catch (error) {
    return fail(error, telling, world);
  }
}

/** How an error has to be told; known better as the line is understood. */
interface Telling {
  readonly json: boolean;
  names: FieldNames;
  /** 0 once lines of JSON are printed: an error is then one of them. */
  indent: 0 | 2;
}

interface Surroundings {
  readonly telling: Telling;
  readonly colour: boolean;
  readonly world: World;
}

function createContext(connection: Connection, surroundings: Surroundings): Context {
  const { telling, colour, world } = surroundings;
  const { json } = telling;
  const client = createClient(createTransport(connection));
  const safe = <T>(value: T): T => (json ? value : printableDeep(value));
  return {
    call: async (name, input) => safe(await client(name, input)),
    follow: async () => {
      telling.indent = 0;
      const lines = await openLines(connection, requestPath(ENDPOINTS.followEvents.path, {}, {}));
      return mapAsync(lines, (line) => safe(ENDPOINTS.followEvents.response.parse(line)));
    },
    json,
    catalogue: REGISTRY,
    style: createStyle(colour),
    print: (text) => world.stdout.write(text),
    during: (sentence, work) => (json ? work : during(world.stderr, sentence, work)),
    readStdin: world.readStdin,
  };
}

async function* mapAsync<A, B>(values: AsyncIterable<A>, map: (value: A) => B): AsyncGenerator<B> {
  for await (const value of values) yield map(value);
}

async function runGroup(
  path: readonly string[],
  rest: readonly string[],
  world: World,
): Promise<number> {
  const { answerGroup } = await import('./group.ts');
  world.stdout.write(await answerGroup(path, rest));
  return 0;
}

function parseEntry(
  entry: Entry,
  command: Parameters<typeof parseWords>[1],
  rest: readonly string[],
): ReturnType<typeof parseWords> {
  try {
    return parseWords(nameOf(entry), command, rest);
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, nameOf(entry));
    throw error;
  }
}

function fail(error: unknown, { json, names, indent }: Telling, world: World): number {
  const problem = problemFor(error, names);
  if (json) world.stdout.write(`${printableJson({ error: problem }, indent)}\n`);
  else world.stderr.write(renderProblem(problem));
  if (!json && !(error instanceof SallyportError) && error instanceof Error) {
    // A bug of the command line itself: where it happened is all that helps.
    world.stderr.write(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`);
  }
  return exitCodeOf(problem);
}
