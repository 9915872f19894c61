import type { Client, ServerClient } from '@sallyport/contract/client';
import type { AgentEvent } from '@sallyport/contract/host';
import type { Ask } from './ask-terminal.ts';
import type { Site } from './server/server-access.ts';
import type { Style } from './style.ts';

/** What shell completion offers for a value. */
export type Offer = Named | 'file' | readonly string[];

/** What only the agent or the server can name. */
export type Named =
  | 'network'
  | 'address'
  | 'user'
  | 'group'
  | 'key'
  | 'image'
  | 'startable'
  | 'session';

/** An option as data; its key is the flag without `--`. */
export interface OptionSpec {
  readonly summary: string;
  /** How the value is called in the help; without it the option is a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly required?: true;
  /** May be given several times; the value is a list. */
  readonly repeat?: true;
  readonly offer?: Offer;
}

/** The command's argument as data. */
export interface ArgumentSpec {
  readonly label: string;
  readonly summary: string;
  readonly count: 'one' | 'at-most-one' | 'any';
  readonly offer?: Offer;
}

type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<O extends OptionSpec> = O extends { readonly value: string }
  ? O extends { readonly repeat: true }
    ? readonly string[]
    : O extends { readonly required: true }
      ? string
      : string | undefined
  : boolean;

type ArgumentValue<A> = A extends { readonly count: infer C }
  ? C extends 'one'
    ? string
    : C extends 'any'
      ? readonly string[]
      : string | undefined
  : undefined;

/** What the user typed after the command's name, as strings. */
export interface Input<A, O extends OptionSpecs> {
  readonly argument: ArgumentValue<A>;
  readonly options: { readonly [K in keyof O]: OptionValue<O[K]> };
}

/** What a command gives back; the runner prints one of the two. */
export interface Result {
  readonly json: unknown;
  /** For people; with a newline at its end. Every string in it that is not ours is printable. */
  readonly text: () => string | Promise<string>;
  /** 1: the answer is no. */
  readonly exit?: 0 | 1;
}

/** Who is signed in where, for the commands that change it. */
export interface Logins {
  readonly file: string;
  readonly site: () => Promise<Site>;
  /** Remembers it for the next commands; without a login: forgets it. */
  readonly keep: (site: Site) => Promise<void>;
}

/** What a command works with. */
export interface Context {
  /** Asks the agent. Without `--json`, every string of the answer is made safe for a terminal. */
  readonly call: Client;
  /** New events as they happen, made safe in the same way. */
  readonly follow: () => Promise<AsyncIterable<AgentEvent>>;
  /** Asks the server as who is signed in; what it answers is made safe in the same way. */
  readonly server: ServerClient;
  /** The same with the answers as they were sent, for what is stored or sent back. */
  readonly serverExactly: ServerClient;
  readonly logins: Logins;
  /** Asks the person; null where nobody sits at a terminal. */
  readonly ask: Ask | null;
  /** Where the agent listens, or would. */
  readonly socket: string;
  /** What the environment says of Docker. */
  readonly dockerHost: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Opens a page in a browser; null where none would be seen. False: there is no browser. */
  readonly openPage: ((url: string) => boolean) | null;
  readonly json: boolean;
  /** All commands, for the one that completes them. */
  readonly catalogue: readonly Entry[];
  readonly style: Style;
  /** Prints before the result; only without `--json`, or for streams of lines. */
  readonly print: (text: string) => void;
  /** With `--json`: what is told beside an error that is thrown next. */
  readonly tellBeside: (value: Readonly<Record<string, unknown>>) => void;
  /** Says on the terminal what takes long while the work is going on; silent elsewhere. */
  readonly during: <T>(sentence: string, work: Promise<T>) => Promise<T>;
  readonly readStdin: () => Promise<string>;
}

interface CommandDefinition<A extends ArgumentSpec | undefined, O extends OptionSpecs> {
  /** Sentences below the usage line of the help. */
  readonly description: string;
  readonly argument?: A;
  readonly options: O;
  readonly examples: readonly string[];
  /** How the user typed a field of the contract: schema path to flag. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Null: everything is printed already, and the command has done what it should. */
  readonly run: (context: Context, input: Input<A, O>) => Promise<Result | null>;
}

/** A command as the runner sees it: the types of its own input are its own affair. */
export interface Command
  extends Omit<CommandDefinition<ArgumentSpec | undefined, OptionSpecs>, 'run'> {
  readonly run: (context: Context, input: RawInput) => Promise<Result | null>;
}

/** What the parser made of the words, by the command's own specifications. */
export interface RawInput {
  readonly argument: string | readonly string[] | undefined;
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** Gives `run` the types that follow from `argument` and `options`. */
export function defineCommand<
  const A extends ArgumentSpec | undefined,
  const O extends OptionSpecs,
>(definition: CommandDefinition<A, O>): Command {
  return { ...definition, run: (context, input) => definition.run(context, input as Input<A, O>) };
}

/** A command by its words; its own module is loaded when it is used. */
export interface Entry {
  readonly path: readonly string[];
  /** Other last words. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
  /** Not in the help: used by the completion scripts. */
  readonly hidden?: true;
}
