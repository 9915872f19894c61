import type { Command, Entry, Named, Offer } from '../command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';
import { nextWords, resolveCommand } from '../resolve-command.ts';

/** Where candidates come from. */
interface Sources {
  readonly catalogue: readonly Entry[];
  /** What only the agent or the server knows. */
  readonly names: Readonly<Record<Named, () => Promise<readonly string[]>>>;
}

/** Stands for "complete a path". */
export const FILES = ':file';

/**
 * What may stand for the last of the words. Never throws for want of an agent: a shell that
 * completes must not print errors into the line that is being typed.
 */
export async function findCandidates(
  words: readonly string[],
  sources: Sources,
): Promise<readonly string[]> {
  const { before, current, prefix } = splitEquals(words);
  const offered = await offers(before, current, sources);
  return offered
    .filter((candidate) => candidate === FILES || candidate.startsWith(current))
    .map((candidate) => (candidate === FILES ? candidate : `${prefix}${candidate}`));
}

interface Line {
  readonly before: readonly string[];
  readonly current: string;
  /** What of the last word stays before each candidate. */
  readonly prefix: string;
}

/** `--flag=value` is two words here. bash makes it three, with `=` as one, and completes the last alone. */
function splitEquals(words: readonly string[]): Line {
  const typed = words.filter((word, index) => word !== '=' || index === words.length - 1);
  const split = typed.flatMap((word, index) => {
    if (word === '=' && index > 0) return [''];
    const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    return flag === undefined || value === undefined ? [word] : [flag, value];
  });
  const [, flag = ''] = /^(--[\w-]+=)/.exec(words.at(-1) ?? '') ?? [];
  return { before: split.slice(0, -1), current: split.at(-1) ?? '', prefix: flag };
}

async function offers(
  before: readonly string[],
  current: string,
  sources: Sources,
): Promise<readonly string[]> {
  if (before.at(-1) === '--socket') return [FILES];
  if (before.at(-1) === '--server') return [];
  const resolved = resolveCommand(
    before[0] === 'help' ? before.slice(1) : before,
    sources.catalogue,
  );
  if (resolved.kind === 'group') {
    // A word that is no command: nothing sensible can follow it.
    const isWord = (word: string, index: number): boolean =>
      !word.startsWith('-') && !isGlobalWithValue(resolved.rest[index - 1]);
    if (resolved.rest.some(isWord)) return [];
    if (current.startsWith('-')) return globalFlags(resolved.path.length === 0);
    const top = resolved.path.length === 0 && before[0] !== 'help' ? ['help'] : [];
    const next = nextWords(resolved.path, sources.catalogue).map(
      ({ path }) => path[resolved.path.length] ?? '',
    );
    return [...new Set([...next, ...top])];
  }
  if (before[0] === 'help') return [];
  const command = await resolved.entry.load();
  const previous = optionOf(command, before.at(-1));
  if (previous?.value !== undefined) return fill(previous.offer, sources);
  if (current.startsWith('-')) {
    return [...Object.keys(command.options).map((flag) => `--${flag}`), ...globalFlags(false)];
  }
  const { argument } = command;
  if (argument === undefined) return [];
  const given = positionals(command, resolved.rest);
  if (argument.count !== 'any' && given.length > 0) return [];
  return (await fill(argument.offer, sources)).filter((name) => !given.includes(name));
}

function globalFlags(top: boolean): readonly string[] {
  const flags = GLOBAL_OPTIONS.map(([term]) => /--[\w-]+/.exec(term)?.[0] ?? '');
  return top ? [...flags, '--version'] : flags;
}

function optionOf(
  command: Command,
  word: string | undefined,
): Command['options'][string] | undefined {
  if (word === undefined || !word.startsWith('-')) return undefined;
  return Object.entries(command.options).find(
    ([flag, { short }]) => word === `--${flag}` || (short !== undefined && word === `-${short}`),
  )?.[1];
}

/** The words that are neither flags nor values of flags. */
function positionals(command: Command, words: readonly string[]): readonly string[] {
  return words.filter((word, index) => {
    const previous = words[index - 1];
    const isValue = isGlobalWithValue(previous) || optionOf(command, previous)?.value !== undefined;
    return !word.startsWith('-') && !isValue;
  });
}

function isGlobalWithValue(word: string | undefined): boolean {
  return word === '--socket' || word === '--server';
}

async function fill(offer: Offer | undefined, sources: Sources): Promise<readonly string[]> {
  if (offer === undefined) return [];
  if (offer === 'file') return [FILES];
  if (typeof offer !== 'string') return offer;
  return sources.names[offer]().catch(() => []);
}
