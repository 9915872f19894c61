import dockerProfile from './docker-seccomp.json' with { type: 'json' };

/*
 * docker-seccomp.json is the default profile of Docker 20.10.24 as it is (moby, profiles/seccomp/default.json,
 * Apache-2.0). Without capabilities it lets no process make a namespace. Chromium's sandbox needs a user
 * namespace with a process and a network namespace of its own, and chroot(2) in it
 * (sandbox/linux/services/namespace_sandbox.cc, credentials.cc); without them it would have to be switched off,
 * which is the worse choice: its renderers run what the web sends.
 */

/** linux/sched.h. Of these, the sandbox needs USER, PID and NET; all others stay closed. */
const CLONE = {
  NEWTIME: 0x0000_0080,
  NEWNS: 0x0002_0000,
  NEWCGROUP: 0x0200_0000,
  NEWUTS: 0x0400_0000,
  NEWIPC: 0x0800_0000,
} as const;
const CLOSED = CLONE.NEWNS | CLONE.NEWCGROUP | CLONE.NEWUTS | CLONE.NEWIPC;

/** Where the flags of clone(2) are another argument; nobody runs desktops there, so nothing is opened. */
const OTHER_ORDER = ['s390', 's390x'];

/** What is allowed beyond Docker's own profile: no more than this. */
export const BEYOND_DOCKER = [
  // clone3(2) has its flags in memory, where a filter can't look; it stays ENOSYS, and libc falls back.
  allow('clone', [{ index: 0, value: CLOSED, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }]),
  allow('unshare', [
    // clone(2) has the exit signal in these bits, unshare(2) the time namespace.
    { index: 0, value: CLOSED | CLONE.NEWTIME, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
  ]),
  // The kernel asks for CAP_SYS_CHROOT in the caller's own user namespace, which it has in a new one alone.
  allow('chroot', []),
] as const;

/** The profile of a session's container, as the Docker Engine takes it. */
export function renderSeccomp(): string {
  return JSON.stringify({
    ...dockerProfile,
    syscalls: [...dockerProfile.syscalls, ...BEYOND_DOCKER],
  });
}

interface Argument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_MASKED_EQ';
}

function allow(name: string, args: readonly Argument[]) {
  return {
    names: [name],
    action: 'SCMP_ACT_ALLOW',
    args,
    comment: 'for the sandbox of browsers',
    includes: {},
    excludes: { arches: OTHER_ORDER },
  } as const;
}
