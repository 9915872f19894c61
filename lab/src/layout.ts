import { join } from 'node:path';

const RUN_ROOT = '/run/sallyport-lab';
const DATA_ROOT = '/var/lib/sallyport-lab';

/** Where everything of one lab lies. Two labs share nothing of it. */
export interface LabLayout {
  readonly name: string;
  /** Network namespace of the host under test. */
  readonly hostNamespace: string;
  /** Network namespace of the machine beyond. */
  readonly wanNamespace: string;
  /** Sockets, records and logs. */
  readonly runDir: string;
  /** Images and containers. */
  readonly dataDir: string;
  readonly dockerSocket: string;
  /** Where the product's agent listens, when one is started, and what it keeps. */
  readonly agentSocket: string;
  readonly agentStateDir: string;
  /** What the lab is and who started it; written when the lab is complete. */
  readonly stateFile: string;
  /** Held while a lab of this name is being put up or taken down. */
  readonly lockFile: string;
  /** Parent of the control groups of the lab's containers, below each hierarchy. */
  readonly cgroupParent: string;
}

/** The directory with one entry for each lab of this machine. */
export const labsDirectory = RUN_ROOT;

/** The directory with the data of each lab of this machine. */
export const labsDataDirectory = DATA_ROOT;

/**
 * A name that fits: it becomes part of namespace names, and of a unix socket's
 * path, which ends at 107 bytes (unix(7)).
 *
 * @throws Error that says what is allowed.
 */
export function parseLabName(value: string): string {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(value)) {
    throw new Error(
      `"${value}" is not a lab name: 1 to 31 small letters, digits and hyphens, a letter first`,
    );
  }
  return value;
}

/** The layout of the lab with this name; touches nothing. */
export function planLayout(name: string): LabLayout {
  const checked = parseLabName(name);
  const runDir = join(RUN_ROOT, checked);
  return {
    name: checked,
    hostNamespace: `${checked}-host`,
    wanNamespace: `${checked}-wan`,
    runDir,
    dataDir: join(DATA_ROOT, checked),
    dockerSocket: join(runDir, 'docker.sock'),
    agentSocket: join(runDir, 'agent.sock'),
    agentStateDir: join(DATA_ROOT, checked, 'sallyport'),
    stateFile: join(runDir, 'lab.json'),
    lockFile: join(RUN_ROOT, `.${checked}.lock`),
    cgroupParent: `/sallyport-lab/${checked}`,
  };
}
