import packageJson from '../package.json' with { type: 'json' };
import { renderGroupHelp, unknownCommand } from './group-help.ts';
import { renderHelp } from './parser.ts';
import { REGISTRY } from './registry.ts';
import { resolveCommand } from './resolve-command.ts';
import { aliasesOf, nameOf, usageError } from './usage.ts';

/**
 * Answers words that name no command: help, the version, or what is wrong with them.
 * @throws SallyportError `invalid_input`
 */
export async function answerGroup(
  path: readonly string[],
  rest: readonly string[],
): Promise<string> {
  const words = rest.filter((word) => word !== '--json' && word !== '--no-color');
  const [first] = words;
  if (path.length === 0 && first === undefined) return renderGroupHelp(path);
  if (path.length === 0 && first === '--version') return `${packageJson.version}\n`;
  if (path.length === 0 && first === 'help') return helpFor(words.slice(1));
  if (words.includes('--help') || words.includes('-h')) return renderGroupHelp(path);
  throw usageError(unknownCommand(path, words), ['sallyport', ...path].join(' '));
}

/** `sallyport help network create` */
async function helpFor(words: readonly string[]): Promise<string> {
  const resolved = resolveCommand(words, REGISTRY);
  if (resolved.kind === 'group') {
    if (resolved.rest.some((word) => !word.startsWith('-'))) {
      return answerGroup(resolved.path, resolved.rest);
    }
    return renderGroupHelp(resolved.path);
  }
  const { entry } = resolved;
  return renderHelp(nameOf(entry), await entry.load(), aliasesOf(entry));
}
