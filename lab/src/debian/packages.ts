import { accessSync, constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, tryRun } from '../process/run.ts';

/** Programs, and the Debian packages that bring each. */
export type Programs = Readonly<Record<string, readonly string[]>>;

/** What the lab itself starts. */
const PROGRAMS: Programs = {
  // Debian 13 has the command line in a package of its own; Debian 12 has not.
  docker: ['docker.io', 'docker-cli'],
  dockerd: ['docker.io'],
  containerd: ['containerd'],
  nft: ['nftables'],
  ip: ['iproute2'],
  conntrack: ['conntrack'],
  iptables: ['iptables'],
  tcpdump: ['tcpdump'],
  nsenter: ['util-linux'],
  mount: ['mount'],
  sysctl: ['procps'],
};

/** Files, other than programs in the search path, that the lab needs. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  '/usr/bin/busybox': ['busybox-static'],
};

const EXTRA_PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function findProgram(program: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(':'), ...EXTRA_PATH];
  return directories
    .map((directory) => join(directory, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The Debian packages that this machine lacks for a lab; empty when it has everything. */
export function observeMissingPackages(
  more: Programs = {},
  files: Programs = {},
): readonly string[] {
  const missing = [
    ...Object.entries({ ...PROGRAMS, ...more }).filter(
      ([program]) => findProgram(program) === undefined,
    ),
    ...Object.entries({ ...FILES, ...files }).filter(([file]) => !isThere(file)),
  ];
  return [...new Set(missing.flatMap(([, packages]) => packages))].toSorted();
}

/**
 * Makes Debian's packages start no service while `action` runs: the engine of
 * the package is wanted, a daemon on the machine is not. policy-rc.d is asked by
 * invoke-rc.d and by deb-systemd-invoke; 101 means "not allowed".
 */
async function withoutServiceStarts(action: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const present = await access(policy).then(
    () => true,
    () => false,
  );
  // A machine that has a policy of its own keeps it.
  if (present) return action();
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    await rm(policy, { force: true });
  }
}

/** How the installation of packages is reported and stopped. */
export interface InstallOptions {
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Programs that are needed beside the lab's own. */
  readonly programs?: Programs;
  /** Absolute paths of files that are needed, and the packages that bring each. */
  readonly files?: Programs;
}

/**
 * Installs what the lab needs and this machine lacks; does nothing when it has everything.
 *
 * @throws Error with the remedy when not root, without apt, or when apt fails.
 */
export async function ensurePackages({
  progress,
  signal,
  programs,
  files,
}: InstallOptions): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('the lab makes network namespaces and needs root: run it with sudo');
  }
  // A login shell of a plain user's root (su) lacks the sbin directories.
  const path = (process.env['PATH'] ?? '').split(':');
  const lacking = EXTRA_PATH.filter((directory) => !path.includes(directory));
  if (lacking.length > 0) process.env['PATH'] = [...path, ...lacking].join(':');
  const missing = observeMissingPackages(programs, files);
  if (missing.length === 0) return;
  if (findProgram('apt-get') === undefined) {
    throw new Error(
      `missing: ${missing.join(', ')}. This machine has no apt-get; install them by its own means`,
    );
  }
  const options = {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: 600_000,
    onOutput: renderAptProgress(progress),
    ...(signal === undefined ? {} : { signal }),
  };
  progress(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update'], options);
  const known = await Promise.all(
    missing.map(async (name) => (await tryRun('apt-cache', ['show', name])).code === 0),
  );
  const wanted = missing.filter((_, index) => known[index]);
  await withoutServiceStarts(async () => {
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...wanted], options);
  });
  const left = observeMissingPackages(programs, files).filter((name) => wanted.includes(name));
  if (left.length > 0) throw new Error(`apt-get did not bring everything: ${left.join(', ')}`);
}

function renderAptProgress(progress: (line: string) => void): (chunk: string) => void {
  return (chunk) => {
    for (const line of chunk.split('\n')) {
      if (/^(Get:|Unpacking|Setting up|E:|W:|Err:)/.test(line)) progress(`  ${line.trim()}`);
    }
  };
}
