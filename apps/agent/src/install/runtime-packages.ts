import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** Workspaces of ours, which are copied by themselves and linked. */
const OWN = '@sallyport/';

/**
 * The directories of all packages that these workspaces need to run, relative to the program, and the
 * runtime itself where the program brought it along. Nested copies of a package are found as Node.js
 * finds them: from the one who asks upwards.
 */
export function runtimePackages(program: string, workspaces: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (directory: string): void => {
    const { dependencies } = manifestSchema.parse(
      JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')),
    );
    for (const name of Object.keys(dependencies).filter((one) => !one.startsWith(OWN))) {
      const place = find(name, { from: directory, program });
      if (found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  for (const workspace of workspaces) visit(join(program, workspace));
  const modules = join(program, 'node_modules');
  const runtimes = readdirSync(modules).filter((name) => /^node-linux-\w+$/.test(name));
  for (const name of runtimes)
    if (existsSync(join(modules, name, 'bin'))) found.add(join(modules, name));
  return [...found].map((place) => relative(program, place)).toSorted();
}

/** @throws Error where it was never installed */
function find(
  name: string,
  { from, program }: { readonly from: string; readonly program: string },
): string {
  for (let directory = from; directory.startsWith(program); directory = dirname(directory)) {
    const place = join(directory, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
  }
  throw new Error(`the package ${name} is not installed below ${program}; run npm ci there`);
}
