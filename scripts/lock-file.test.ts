import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ROOT } from './process.ts';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** What makes a lock file depend on the machine that wrote it. */
function findProblems(lock: unknown): readonly string[] {
  const { packages } = lockSchema.parse(lock);
  const paths = Object.keys(packages);
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...(entry.resolved?.includes('://') === true ? [`${path} names a registry`] : []),
    ...Object.keys(entry.optionalDependencies)
      .filter((name) => !paths.some((other) => `/${other}`.endsWith(`/node_modules/${name}`)))
      .map((name) => `${path} wants ${name}, which is missing`),
  ]);
}

test('package-lock.json serves every platform and every registry', () => {
  expect(findProblems(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))).toEqual(
    [],
  );
});

test('a registry and a forgotten platform are found', () => {
  const packages = {
    'node_modules/a': { resolved: 'https://registry.example/a.tgz' },
    'node_modules/b': { optionalDependencies: { 'b-linux-x64': '1.0.0' } },
    'packages/c': {},
    'node_modules/c': { resolved: 'packages/c', link: true },
  };
  expect(findProblems({ packages })).toHaveLength(2);
});
