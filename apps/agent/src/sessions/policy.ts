import * as z from 'zod';

/**
 * What a session's container may have, by the configuration of this host's agent. The last word is here and
 * not with the caller: who may speak to the agent must not become root of the host by it.
 */
export interface SessionPolicy {
  readonly allowPrivileged: boolean;
  readonly allowRoot: boolean;
  /** Without `CAP_`. */
  readonly allowedCapabilities: readonly string[];
  /** Paths, such as /dev/dri/renderD128. */
  readonly allowedDevices: readonly string[];
  /** Commands that are run in a session when it starts. */
  readonly allowLaunchCommands: boolean;
  readonly maxGpus: number;
  /** Directories of the host below which paths may be mounted. */
  readonly volumeRoots: readonly string[];
  /** null: as the caller wishes. */
  readonly maxCores: number | null;
  readonly maxMemoryMiB: number | null;
  readonly maxPids: number | null;
}

const pathSchema = z.string().startsWith('/', 'must be an absolute path');

/** `sessions` of the configuration, documented in docs/agent.md. */
export const sessionPolicySchema = z.strictObject({
  allowPrivileged: z.boolean().optional(),
  allowRoot: z.boolean().optional(),
  allowedCapabilities: z.array(z.string().regex(/^(CAP_)?[A-Z_]{3,40}$/)).optional(),
  allowedDevices: z.array(pathSchema).optional(),
  allowLaunchCommands: z.boolean().optional(),
  maxGpus: z.int().min(0).optional(),
  volumeRoots: z.array(pathSchema).optional(),
  maxCores: z.number().positive().optional(),
  maxMemoryMiB: z.int().min(16).optional(),
  maxPids: z.int().min(16).optional(),
});

/** What is not said is denied. */
export function readSessionPolicy(given: z.output<typeof sessionPolicySchema>): SessionPolicy {
  return {
    allowPrivileged: given.allowPrivileged ?? false,
    allowRoot: given.allowRoot ?? false,
    allowedCapabilities: (given.allowedCapabilities ?? []).map(capabilityName),
    allowedDevices: given.allowedDevices ?? [],
    allowLaunchCommands: given.allowLaunchCommands ?? false,
    maxGpus: given.maxGpus ?? 0,
    volumeRoots: given.volumeRoots ?? [],
    maxCores: given.maxCores ?? null,
    maxMemoryMiB: given.maxMemoryMiB ?? null,
    maxPids: given.maxPids ?? null,
  };
}

/** As Docker names them, without `CAP_`. */
export function capabilityName(name: string): string {
  return name.replace(/^CAP_/, '');
}
