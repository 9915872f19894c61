import { Argument, Command as Parser, type CommanderError, Help, Option } from 'commander';
import type { ArgumentSpec, Command, OptionSpec, RawInput } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

/** What stands on a command line besides the command's name. */
export interface Parsed extends RawInput {
  readonly socket: string | undefined;
  readonly server: string | undefined;
  readonly help: boolean;
}

const GLOBAL_GROUP = 'Global options:';
const OWN_GROUP = 'Options:';

/**
 * Reads the words that follow the name of a command.
 * @throws CommanderError when they are not what the command takes
 */
export function parseWords(name: string, command: Command, words: readonly string[]): Parsed {
  // Help must also be had where the rest of the line is not complete.
  const end = words.indexOf('--');
  const asked = (end < 0 ? words : words.slice(0, end)).some(
    (word) => word === '-h' || word === '--help',
  );
  if (asked)
    return { argument: undefined, options: {}, socket: undefined, server: undefined, help: true };
  const parser = buildParser(name, command);
  parser.parse([...words], { from: 'user' });
  const values = parser.opts<Record<string, string | boolean | string[] | undefined>>();
  const options = Object.fromEntries(
    Object.entries(command.options).map(([flag, spec]) => [
      flag,
      values[optionFor(flag, spec).attributeName()] ?? emptyValue(spec),
    ]),
  );
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    argument: parser.processedArgs[0] as RawInput['argument'],
    options,
    socket: text('socket'),
    server: text('server'),
    help: false,
  };
}

/** The help of one command. */
export function renderHelp(name: string, command: Command, aliases: readonly string[]): string {
  // Broken where the terminal ends, not where the source did.
  const description = command.description.replaceAll('\n', ' ');
  const parser = buildParser(name, command).description(description);
  const examples = command.examples.map((example) => `  ${example}`).join('\n');
  const also = aliases.length === 0 ? '' : `\nAlso: ${aliases.join(', ')}\n`;
  return `${parser.helpInformation()}${also}\nExamples:\n${examples}\n`;
}

/** Commander's message without its prefix, and what it suggests. */
export function explainUsage(error: CommanderError): {
  readonly detail: string;
  readonly suggestion: string;
} {
  const [detail = '', ...more] = error.message.replace(/^error: /, '').split('\n(Did you mean ');
  const suggestion = more.join('').replace(/\?\)$/, '');
  return { detail, suggestion: suggestion === '' ? '' : `Did you mean ${suggestion}?` };
}

function buildParser(name: string, command: Command): Parser {
  const parser = new Parser(name)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, getOutHelpWidth: () => 96 })
    .helpOption(false)
    .action(() => {});
  parser.createHelp = () => Object.assign(new Help(), { helpWidth: 96 });
  if (command.argument !== undefined) parser.addArgument(argumentFor(command.argument));
  for (const [flag, spec] of Object.entries(command.options)) {
    parser.addOption(optionFor(flag, spec).helpGroup(OWN_GROUP));
  }
  for (const [flags, summary] of GLOBAL_OPTIONS) {
    parser.addOption(new Option(flags, summary).helpGroup(GLOBAL_GROUP));
  }
  return parser;
}

function argumentFor({ label, summary, count }: ArgumentSpec): Argument {
  const terms = { one: `<${label}>`, 'at-most-one': `[${label}]`, any: `[${label}...]` } as const;
  return new Argument(terms[count], summary);
}

function optionFor(flag: string, spec: OptionSpec): Option {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.value === undefined ? '' : ` <${spec.value}>`;
  const option = new Option(`${short}--${flag}${value}`, spec.summary);
  // Commander would make `--no-x` the opposite of `--x`, and nobody could tell it from neither.
  option.negate = false;
  if (spec.required === true) option.makeOptionMandatory();
  if (spec.repeat === true) {
    // Not commander's variadic options: those would swallow the argument that follows.
    option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
  }
  return option;
}

function emptyValue(spec: OptionSpec): false | readonly string[] | undefined {
  if (spec.value === undefined) return false;
  return spec.repeat === true ? [] : undefined;
}
