/** What lies at a path of the host, with every link followed. */
export interface HostPath {
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'other';
}

/** Looks at a path of the host; null where there is nothing, or nothing that the agent can see. */
export type ResolveHostPath = (path: string) => Promise<HostPath | null>;
