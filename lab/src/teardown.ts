import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labsDataDirectory, labsDirectory, type LabLayout } from './layout.ts';
import { ensureNamespaceGone, namespaceFile } from './network/namespaces.ts';
import { observeMembers } from './process/members.ts';
import { tryRun } from './process/run.ts';
import { signalProcess, waitForExit } from './process/terminate.ts';

/** Mount points at or below one of these directories, deepest first. */
function observeMounts(directories: readonly string[]): readonly string[] {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return points
    .filter((point) => directories.some((path) => point === path || point.startsWith(`${path}/`)))
    .toSorted((a, b) => b.length - a.length);
}

/** Lets paused containers go on: what is frozen by the freezer of control groups v1 does not even die of SIGKILL. */
async function thawContainers(layout: LabLayout): Promise<void> {
  for (const parent of observeControlGroups(layout)) {
    for (const group of await readdir(parent).catch(() => [])) {
      const state = join(parent, group, 'freezer.state');
      if (existsSync(state)) await writeFile(state, 'THAWED').catch(() => undefined);
    }
  }
}

/** Kills everything that belongs to the lab until nothing is left. */
async function ensureProcessesGone(layout: LabLayout): Promise<void> {
  await thawContainers(layout);
  // A dying shim can still start a process, so look again until a look finds nothing.
  for (let round = 0; round < 50; round += 1) {
    const members = await observeMembers(layout);
    if (members.length === 0) return;
    for (const member of members) signalProcess(member, 'SIGKILL');
    await waitForExit(members, 5000);
  }
  const left = (await observeMembers(layout)).map(({ pid }) => pid);
  throw new Error(`processes of lab ${layout.name} do not end: ${left.join(', ')}`);
}

async function ensureMountsGone(layout: LabLayout): Promise<void> {
  const directories = [layout.runDir, layout.dataDir];
  for (let round = 0; round < 5; round += 1) {
    const mounts = observeMounts(directories);
    if (mounts.length === 0) return;
    // -l, because a process of another namespace may hold a copy for a moment.
    await tryRun('umount', ['-l', ...mounts]);
  }
  const left = observeMounts(directories);
  if (left.length > 0) throw new Error(`can't unmount ${left.join(', ')}`);
}

async function removeControlGroups(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeControlGroups(join(directory, entry.name));
  }
  // The kernel takes a moment to let go of a group whose processes have just died.
  for (let attempt = 0; attempt < 50 && existsSync(directory); attempt += 1) {
    try {
      await rmdir(directory);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Control group directories of the lab: one hierarchy (v2), or one for each controller (v1). */
function observeControlGroups(layout: LabLayout): readonly string[] {
  const root = '/sys/fs/cgroup';
  const hierarchies = existsSync(join(root, 'cgroup.controllers'))
    ? [root]
    : readdirSync(root).map((entry) => join(root, entry));
  return hierarchies
    .map((hierarchy) => join(hierarchy, layout.cgroupParent))
    .filter((directory) => existsSync(directory));
}

async function ensureControlGroupsGone(layout: LabLayout): Promise<void> {
  for (const directory of observeControlGroups(layout)) {
    await removeControlGroups(directory);
    // The parent that all labs share goes with the last of them.
    await rmdir(join(directory, '..')).catch(() => undefined);
  }
}

/**
 * Removes whatever is there of a lab: processes, mounts, namespaces, control
 * groups, files. Safe to call at any time and any number of times, also for a
 * lab that crashed half-way or never was.
 *
 * @throws Error that says what could not be removed.
 */
export async function ensureLabGone(layout: LabLayout): Promise<void> {
  await ensureProcessesGone(layout);
  await ensureMountsGone(layout);
  await ensureNamespaceGone(layout.hostNamespace);
  await ensureNamespaceGone(layout.wanNamespace);
  await ensureControlGroupsGone(layout);
  await Promise.all(
    [layout.runDir, layout.dataDir].map((path) => rm(path, { recursive: true, force: true })),
  );
  // The directories that all labs share go with the last of them.
  await Promise.all([labsDirectory, labsDataDirectory].map((path) => rmdir(path).catch(() => {})));
}

/** What of a lab is on the machine, in words; empty when nothing is. */
export async function observeLeftovers(layout: LabLayout): Promise<readonly string[]> {
  const members = await observeMembers(layout);
  const files = [
    layout.runDir,
    layout.dataDir,
    namespaceFile(layout.hostNamespace),
    namespaceFile(layout.wanNamespace),
  ];
  return [
    ...members.map(({ pid }) => `process ${String(pid)}`),
    ...observeMounts([layout.runDir, layout.dataDir]).map((point) => `mount ${point}`),
    ...files.filter((path) => existsSync(path)),
    ...observeControlGroups(layout).map((path) => `control group ${path}`),
  ];
}

/** Names of all labs that have left something on this machine, running or not. */
export async function observeLabNames(): Promise<readonly string[]> {
  const listings = await Promise.all(
    [labsDirectory, labsDataDirectory].map((path) => readdir(path).catch(() => [])),
  );
  const names = new Set(listings.flat().filter((entry) => !entry.startsWith('.')));
  return [...names].toSorted();
}
