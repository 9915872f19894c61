import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabLayout } from '../layout.ts';
import { namespaceFile, observeNamespaceId } from '../network/namespaces.ts';
import { isAlive, observePids, observeProcess, type ProcessIdentity } from './identity.ts';
import { observeRecords } from './records.ts';

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path).map((entry) => join(path, entry));
  } catch {
    return [];
  }
}

function inControlGroup(pid: number, cgroupParent: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cgroup`, 'utf8').includes(`:${cgroupParent}/`);
  } catch {
    return false;
  }
}

/**
 * Every process that belongs to a lab, whoever started it: recorded ones, all
 * in one of its network namespaces or in that of one of its containers, and all
 * in its control groups. Never this process itself.
 */
export async function observeMembers(layout: LabLayout): Promise<readonly ProcessIdentity[]> {
  const namespaceFiles = [
    namespaceFile(layout.hostNamespace),
    namespaceFile(layout.wanNamespace),
    ...listed(join(layout.runDir, 'docker', 'netns')),
  ];
  const namespaces = new Set(namespaceFiles.map(observeNamespaceId));
  namespaces.delete(undefined);
  // A container of `--network host` in a broken lab could be in the machine's own namespace.
  namespaces.delete(observeNamespaceId('/proc/1/ns/net'));
  namespaces.delete(observeNamespaceId('/proc/self/ns/net'));
  const members = new Map<number, ProcessIdentity>();
  for (const pid of observePids()) {
    if (pid === process.pid) continue;
    const namespace = observeNamespaceId(`/proc/${String(pid)}/ns/net`);
    if (!namespaces.has(namespace) && !inControlGroup(pid, layout.cgroupParent)) continue;
    const identity = observeProcess(pid);
    if (identity !== undefined) members.set(pid, identity);
  }
  for (const identity of Object.values(await observeRecords(layout.runDir))) {
    if (identity.pid !== process.pid && isAlive(identity)) members.set(identity.pid, identity);
  }
  return [...members.values()];
}
