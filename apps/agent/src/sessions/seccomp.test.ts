import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import docker from './docker-seccomp.json' with { type: 'json' };
import { BEYOND_DOCKER, renderSeccomp } from './seccomp.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args: readonly { readonly value: number; readonly op: string }[] | null;
  readonly includes: { readonly caps?: readonly string[] };
}

const rendered = JSON.parse(renderSeccomp()) as { readonly syscalls: readonly Rule[] };

test("Docker's own profile is as Docker has it", () => {
  // jq -cj . profiles/seccomp/default.json | sha256sum, of moby 20.10.24: blanks do not count
  const hash = createHash('sha256').update(JSON.stringify(docker)).digest('hex');
  expect(hash).toBe('d15586201aa8adc6a711bf79c92283bf35a0ddfad8bb912df4da25aee9aa8bf1');
});

test('nothing else is widened', () => {
  const base = { ...docker };
  expect({ ...rendered, syscalls: [] }).toEqual({ ...base, syscalls: [] });
  expect(rendered.syscalls.slice(0, base.syscalls.length)).toEqual(base.syscalls);
  expect(rendered.syscalls.slice(base.syscalls.length)).toEqual(BEYOND_DOCKER);
  expect(BEYOND_DOCKER.flatMap(({ names }) => names)).toEqual(['clone', 'unshare', 'chroot']);
});

/** linux/sched.h */
const FLAGS = {
  CLONE_NEWTIME: 0x80,
  CLONE_NEWNS: 0x2_0000,
  CLONE_NEWCGROUP: 0x200_0000,
  CLONE_NEWUTS: 0x400_0000,
  CLONE_NEWIPC: 0x800_0000,
  CLONE_NEWUSER: 0x1000_0000,
  CLONE_NEWPID: 0x2000_0000,
  CLONE_NEWNET: 0x4000_0000,
};

test.each([
  ['clone', ['CLONE_NEWTIME', 'CLONE_NEWUSER', 'CLONE_NEWPID', 'CLONE_NEWNET']],
  ['unshare', ['CLONE_NEWUSER', 'CLONE_NEWPID', 'CLONE_NEWNET']],
])('%s makes no other namespaces than %j', (name, expected) => {
  const mask = BEYOND_DOCKER.find(({ names }) => names.includes(name as 'clone'))?.args[0]?.value;
  // A signal to the parent has the place of CLONE_NEWTIME in clone(2): SIGCHLD is 17.
  const open = Object.entries(FLAGS).filter(([, flag]) => (flag & (mask ?? 0)) === 0);
  expect(open.map(([flag]) => flag)).toEqual(expected);
});

test('clone3 stays closed: no filter sees its flags', () => {
  const rules = rendered.syscalls.filter(({ names }) => names.includes('clone3'));
  const allowing = rules.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
  expect(allowing.map(({ includes }) => includes.caps)).toEqual([['CAP_SYS_ADMIN']]);
});
