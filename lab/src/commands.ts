import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openLab, upLab, type Lab } from './lab.ts';
import { planLayout } from './layout.ts';
import { withLabLock } from './lock.ts';
import { inNamespace } from './network/namespaces.ts';
import { isAlive } from './process/identity.ts';
import { observeRecords } from './process/records.ts';
import { readLabState } from './state.ts';
import { ensureLabGone, observeLabNames } from './teardown.ts';

/** The arguments of `npm run lab`, taken apart. */
export interface LabArguments {
  readonly name: string;
  readonly all: boolean;
  readonly ipv6: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly positionals: readonly string[];
  /** What follows `--`. */
  readonly command: readonly string[];
}

/** What a command of the lab needs from outside. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Processes without which a lab is not one; others may have been started in it and have ended. */
const ESSENTIAL = /^(containerd|dockerd|wan|capture-.*)$/;

/** One lab as `status --json` shows it. */
export interface LabStatus {
  readonly name: string;
  /** `up`: complete and every process runs. `broken`: something of it is missing. */
  readonly state: 'up' | 'broken';
  readonly dockerSocket: string;
  readonly processes: readonly {
    readonly role: string;
    readonly pid: number;
    readonly alive: boolean;
  }[];
}

const USAGE = `A host under test with its own Docker Engine, and a machine beyond it.

  npm run lab -- up     [--name N] [--ipv6]      put a lab up; cleans what a crashed one left
  npm run lab -- down   [--name N | --all]       end it and leave nothing
  npm run lab -- status [--json]                 every lab of this machine
  npm run lab -- exec   [--name N] NS -- CMD…    run a command; NS is host or wan

N is "lab" unless given. Several labs can be up at once.`;

/** The sentence for people; the stack only for what nobody expected. */
export function renderError(error: unknown): string {
  return `lab: ${error instanceof Error ? error.message : String(error)}`;
}

function renderHints(lab: Lab): string {
  const option = lab.name === 'lab' ? '' : ` --name ${lab.name}`;
  return `Lab "${lab.name}" is up. Its Docker Engine: unix://${lab.dockerSocket}

Try
  npm run lab -- exec${option} host -- ip -brief address
  npm run lab -- exec${option} host -- docker run --rm sallyport-lab/probe traffic tcp
  npm run lab -- exec${option} wan -- tcpdump -nli wA
  npm run lab -- down${option}`;
}

async function up({ name, ipv6 }: LabArguments, context: CommandContext): Promise<number> {
  const found = await observeStatus(name);
  if (found?.state === 'up') {
    context.print(renderHints(await openLab(name)));
    return 0;
  }
  const started = performance.now();
  const lab = await upLab({ name, ipv6, progress: context.print, signal: context.signal });
  context.print(`up in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  context.print(renderHints(lab));
  return 0;
}

async function down({ name, all }: LabArguments, { print }: CommandContext): Promise<number> {
  for (const each of all ? await observeLabNames() : [name]) {
    const layout = planLayout(each);
    await withLabLock(layout, () => ensureLabGone(layout));
    print(`lab "${each}" is down`);
  }
  return 0;
}

async function observeStatus(name: string): Promise<LabStatus | undefined> {
  const layout = planLayout(name);
  const records = Object.entries(await observeRecords(layout.runDir));
  const state = await readLabState(layout);
  if (state === undefined && records.length === 0) return undefined;
  const processes = records.map(([role, identity]) => ({
    role,
    pid: identity.pid,
    alive: isAlive(identity),
  }));
  const essential = processes.filter(({ role }) => ESSENTIAL.test(role));
  const complete = state !== undefined && essential.every(({ alive }) => alive);
  return {
    name,
    state: complete ? 'up' : 'broken',
    dockerSocket: layout.dockerSocket,
    processes,
  };
}

async function status({ json }: LabArguments, { print }: CommandContext): Promise<number> {
  const found = await Promise.all((await observeLabNames()).map(observeStatus));
  const labs = found.filter((each) => each !== undefined);
  if (json) {
    print(JSON.stringify(labs, null, 2));
    return 0;
  }
  if (labs.length === 0) print('no lab is up');
  for (const lab of labs) {
    const gone = lab.processes.filter(({ alive }) => !alive).map(({ role }) => role);
    const missing = gone.length === 0 ? '' : `  ended: ${gone.join(', ')}`;
    print(`${lab.name}  ${lab.state}  unix://${lab.dockerSocket}${missing}`);
  }
  return 0;
}

async function exec({ name, positionals, command }: LabArguments): Promise<number> {
  const [side] = positionals.slice(1);
  const [program, ...args] = command;
  if ((side !== 'host' && side !== 'wan') || program === undefined) {
    throw new Error(`exec needs host or wan, and a command after --\n\n${USAGE}`);
  }
  const lab = await openLab(name);
  const [nsenter, nsenterArgs] = inNamespace(lab[side].namespace, program, args);
  const child = spawn(nsenter, nsenterArgs, {
    stdio: 'inherit',
    env: { ...process.env, ...lab[side].env },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

/** Runs one command of the lab and returns its exit code. */
export async function runLabCommand(args: LabArguments, context: CommandContext): Promise<number> {
  if (args.help) {
    context.print(USAGE);
    return 0;
  }
  switch (args.positionals[0]) {
    case 'up':
      return up(args, context);
    case 'down':
      return down(args, context);
    case 'status':
      return status(args, context);
    case 'exec':
      return exec(args);
    case undefined:
      throw new Error(`a command is missing\n\n${USAGE}`);
    default:
      throw new Error(`there is no command "${args.positionals[0]}"\n\n${USAGE}`);
  }
}
