import { existsSync, statSync } from 'node:fs';
import { run, tryRun, type RunOptions, type RunResult } from '../process/run.ts';

const NETNS_DIR = '/run/netns';

/** The file that stands for a network namespace made by `ip netns`. */
export function namespaceFile(namespace: string): string {
  return `${NETNS_DIR}/${namespace}`;
}

/**
 * What identifies a namespace for the kernel, `device:inode`; undefined when
 * there is none. The device matters: after a reboot a stale regular file may
 * lie at the same path, and its inode number could be anybody's.
 */
export function observeNamespaceId(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return undefined;
  }
}

/** Makes both namespaces; they must not exist. */
export async function addNamespaces(namespaces: readonly string[]): Promise<void> {
  const batch = namespaces.map((namespace) => `netns add ${namespace}\n`).join('');
  await run('ip', ['-batch', '-'], { input: batch });
}

/** Removes a namespace when it is there. Its processes must have ended before. */
export async function ensureNamespaceGone(namespace: string): Promise<void> {
  if (!existsSync(namespaceFile(namespace))) return;
  await tryRun('ip', ['netns', 'delete', namespace]);
  if (existsSync(namespaceFile(namespace))) {
    throw new Error(`network namespace ${namespace} can't be removed`);
  }
}

/**
 * The argument list that runs a command in a network namespace.
 *
 * nsenter, not `ip netns exec`: the latter mounts /sys anew and hides the
 * control groups from a Docker Engine. nsenter execs, so that the process id
 * stays the one that was started.
 */
export function inNamespace(
  namespace: string,
  command: string,
  args: readonly string[],
): readonly [string, readonly string[]] {
  return ['nsenter', [`--net=${namespaceFile(namespace)}`, '--', command, ...args]];
}

/** Sets kernel parameters of a network namespace: name to value. */
export async function setSysctls(
  namespace: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  const [command, args] = inNamespace(namespace, 'sysctl', ['-q', '-w', ...pairs]);
  await run(command, args);
}

/** Runs `ip -batch` with these lines inside a network namespace. */
export function runIpBatch(namespace: string, lines: string): Promise<RunResult> {
  return run('ip', ['-n', namespace, '-batch', '-'], { input: lines });
}

/** Runs a command in a network namespace to its end, whatever its exit code. */
export function runInNamespace(
  namespace: string,
  command: readonly [string, readonly string[]],
  options: RunOptions = {},
): Promise<RunResult> {
  const [program, args] = inNamespace(namespace, ...command);
  return tryRun(program, args, options);
}
