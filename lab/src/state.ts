import { readFile, rename, writeFile } from 'node:fs/promises';
import type { LabLayout } from './layout.ts';

/** What a later command must know of a complete lab. */
export interface LabState {
  /** True when the uplinks have global IPv6 addresses. */
  readonly ipv6: boolean;
}

/** Marks the lab as complete. */
export async function writeLabState(layout: LabLayout, state: LabState): Promise<void> {
  const next = `${layout.stateFile}.next`;
  await writeFile(next, JSON.stringify(state));
  await rename(next, layout.stateFile);
}

/** The state of a complete lab; undefined when it is not complete or not there. */
export async function readLabState(layout: LabLayout): Promise<LabState | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(layout.stateFile, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    return { ipv6: 'ipv6' in value && value.ipv6 === true };
  } catch {
    return undefined;
  }
}
