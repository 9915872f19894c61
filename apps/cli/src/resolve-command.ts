import type { Entry } from './command.ts';

/** Which command the words name, and the words that are not its name. */
export type Resolved =
  | { readonly kind: 'command'; readonly entry: Entry; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly path: readonly string[]; readonly rest: readonly string[] };

/** Global options whose value is the next word. */
const TAKES_VALUE = new Set(['--socket', '--server']);

/** Pure: global options may stand before, between and after the words of the command. */
export function resolveCommand(words: readonly string[], catalogue: readonly Entry[]): Resolved {
  let path: readonly string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      rest.push(...words.slice(index));
      break;
    }
    if (word.startsWith('-')) {
      const width = TAKES_VALUE.has(word) ? 2 : 1;
      rest.push(...words.slice(index, index + width));
      index += width - 1;
      continue;
    }
    const longer = [...path, word];
    const entry = findEntry(longer, catalogue);
    if (entry !== undefined) {
      return { kind: 'command', entry, rest: [...rest, ...words.slice(index + 1)] };
    }
    if (nextWords(longer, catalogue).length === 0) {
      rest.push(...words.slice(index));
      break;
    }
    path = longer;
  }
  return { kind: 'group', path, rest };
}

/** The words that may follow these; empty when they are no group. */
export function nextWords(path: readonly string[], catalogue: readonly Entry[]): readonly Entry[] {
  return catalogue.filter(
    (entry) => entry.hidden !== true && entry.path.length > path.length && begins(entry.path, path),
  );
}

function findEntry(words: readonly string[], catalogue: readonly Entry[]): Entry | undefined {
  return catalogue.find(({ path, aliases = [] }) => {
    const last = words.at(-1) ?? '';
    const same = path.at(-1) === last || aliases.includes(last);
    return path.length === words.length && same && begins(path, words.slice(0, -1));
  });
}

function begins(path: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => path[index] === word);
}
