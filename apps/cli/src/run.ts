import { SallyportError } from '@sallyport/contract/errors';
import { CommanderError } from 'commander';
import type { Entry } from './command.ts';
import { createContext, type Telling, type World } from './create-context.ts';
import { parseWords, renderHelp } from './parser.ts';
import { printable, printableJson } from './printable.ts';
import { resolveCommand } from './resolve-command.ts';
import { REGISTRY } from './registry.ts';
import { exitCodeOf, problemFor, renderProblem } from './show-error.ts';
import { aliasesOf, nameOf, usageError } from './usage.ts';

/** Runs one command line. Gives the exit code; never throws. */
export async function run(words: readonly string[], world: World): Promise<number> {
  // Known before the line is parsed, because errors of the line itself obey it too.
  const end = words.indexOf('--');
  const flags = end < 0 ? words : words.slice(0, end);
  const json = flags.includes('--json');
  const telling: Telling = { json, names: {}, indent: 2, beside: {} };
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
    const context = createContext(world, telling, {
      socket: parsed.socket,
      server: parsed.server,
      colour: !flags.includes('--no-color'),
    });
    const result = await command.run(context, parsed);
    if (result === null) return 0;
    world.stdout.write(json ? `${printableJson(result.json)}\n` : await result.text());
    return result.exit ?? 0;
  } catch (error) {
    return fail(error, telling, world);
  }
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

function fail(error: unknown, { json, names, indent, beside }: Telling, world: World): number {
  const problem = problemFor(error, names);
  if (json) world.stdout.write(`${printableJson({ ...beside, error: problem }, indent)}\n`);
  else world.stderr.write(renderProblem(problem));
  if (!json && !(error instanceof SallyportError) && error instanceof Error) {
    // A bug of the command line itself: where it happened is all that helps.
    world.stderr.write(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n`);
  }
  return exitCodeOf(problem);
}
