import { SallyportError } from '@sallyport/contract/errors';
import type { CommanderError } from 'commander';
import type { Entry } from './command.ts';
import { explainUsage } from './parser.ts';

/** A line that the parser refuses, with the way to the help. */
export function usageError(error: CommanderError, name: string): SallyportError {
  const { detail, suggestion } = explainUsage(error);
  const sentence = `${detail.charAt(0).toUpperCase()}${detail.slice(1).replace(/\.$/, '')}.`;
  return new SallyportError('invalid_input', sentence, {
    remedy: [suggestion, `See: ${name} --help`].filter((line) => line !== '').join('\n'),
  });
}

/** The command as it is typed. */
export function nameOf({ path }: Entry): string {
  return ['sallyport', ...path].join(' ');
}

/** Its other names as they are typed. */
export function aliasesOf({ path, aliases = [] }: Entry): readonly string[] {
  return aliases.map((alias) => ['sallyport', ...path.slice(0, -1), alias].join(' '));
}
