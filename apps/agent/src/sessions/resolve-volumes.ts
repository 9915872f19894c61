import type { FieldError } from '@sallyport/contract/errors';
import type { SessionCreate } from '@sallyport/contract/sessions';
import type { ResolveHostPath } from '../ports/host-paths.ts';
import type { SessionBind } from '../ports/sessions.ts';
import { forbidden } from './refuse-wish.ts';

interface VolumeRules {
  /** Directories below which paths may be mounted. */
  readonly roots: readonly string[];
  /** Paths that no container may reach, whatever the roots: the agent's own, and Docker's. */
  readonly own: readonly string[];
  readonly resolve: ResolveHostPath;
}

/** The paths of the host as they really are, and what is wrong with them. */
interface ResolvedVolumes {
  readonly binds: readonly SessionBind[];
  readonly errors: readonly FieldError[];
}

const KEY = 'volumeRoots';

/**
 * Follows every link before it compares, and hands Docker what it found: a link that somebody has put below
 * a root leads nowhere.
 */
export async function resolveVolumes(
  volumes: SessionCreate['volumes'],
  rules: VolumeRules,
): Promise<ResolvedVolumes> {
  const [roots, own] = await Promise.all([
    realPaths(rules.roots, rules.resolve),
    realPaths(rules.own, rules.resolve),
  ]);
  const looked = await Promise.all(
    volumes.map(async (volume, index) => {
      const found = await rules.resolve(volume.source);
      const message = obstacle(found, roots, own);
      return {
        bind: { ...volume, source: found?.path ?? volume.source },
        error:
          message === null
            ? []
            : [forbidden(`volumes[${index}].source`, volume.source, { message, key: KEY })],
      };
    }),
  );
  return {
    binds: looked.map(({ bind }) => bind),
    errors: looked.flatMap(({ error }) => error),
  };
}

function obstacle(
  found: Awaited<ReturnType<ResolveHostPath>>,
  roots: readonly string[],
  own: readonly string[],
): string | null {
  // Whether a path that may not be mounted exists is nobody's business.
  if (found === null || !roots.some((root) => isWithin(found.path, root)))
    return 'is not there, or not below a directory that is allowed';
  if (found.kind === 'other') return 'is neither a directory nor a file';
  if (own.some((path) => isWithin(found.path, path) || isWithin(path, found.path)))
    return 'holds or is a part of what the agent or Docker itself needs';
  return null;
}

async function realPaths(
  paths: readonly string[],
  resolve: ResolveHostPath,
): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(resolve));
  // What is not there yet is compared by its name.
  return paths.map((path, index) => found[index]?.path ?? path);
}

function isWithin(path: string, directory: string): boolean {
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return path === directory || path.startsWith(prefix);
}
