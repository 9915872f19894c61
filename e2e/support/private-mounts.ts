import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

/**
 * A mount namespace of the agent alone: what is mounted there is seen by nobody else on the machine,
 * and is gone with the last process in it.
 */
export interface PrivateMounts {
  /** What to put in front of a program so that it runs there. */
  readonly enter: readonly string[];
  readonly exec: (program: string, ...args: readonly string[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

export async function makePrivateMounts(world: World, role: string): Promise<PrivateMounts> {
  const args = ['--mount', '--propagation', 'private', 'sleep', '3600'];
  const holder = await world.lab.host.spawn('unshare', args, { role });
  const enter = ['nsenter', `--mount=/proc/${holder.identity.pid}/ns/mnt`, '--'];
  const exec = async (program: string, ...rest: readonly string[]): Promise<void> => {
    const [nsenter = '', ...before] = enter;
    await world.lab.host.exec(nsenter, [...before, program, ...rest]);
  };
  return { enter, exec, end: () => holder.stop() };
}

/** /usr/sbin without one of its programs. Answers where they all are. */
export async function hideProgram(
  world: World,
  mounts: PrivateMounts,
  program: string,
): Promise<string> {
  const real = join(world.lab.layout.runDir, 'real-sbin');
  await mkdir(real, { recursive: true });
  await mounts.exec('mount', '--bind', PROGRAMS, real);
  await mounts.exec('mount', '-t', 'tmpfs', 'tmpfs', PROGRAMS);
  const others = (await readdir(PROGRAMS)).filter((name) => name !== program);
  await mounts.exec('ln', '-s', '-t', PROGRAMS, ...others.map((name) => join(real, name)));
  return real;
}

const PROGRAMS = '/usr/sbin';

/** A script in the place of one program; `REAL` in it stands for that program. */
export async function replaceProgram(
  world: World,
  mounts: PrivateMounts,
  { program, script }: { readonly program: string; readonly script: string },
): Promise<void> {
  const real = await hideProgram(world, mounts, program);
  const prepared = join(world.lab.layout.runDir, `stand-in-${program}`);
  await writeFile(prepared, script.replaceAll('REAL', join(real, program)), { mode: 0o755 });
  await mounts.exec('cp', '-p', prepared, join(PROGRAMS, program));
}
