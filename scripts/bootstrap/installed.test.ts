import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Entry, isInstalled } from './installed.mjs';

const OTHER = process.arch === 'x64' ? 'arm64' : 'x64';
const WANTED: Record<string, Entry> = {
  '': {},
  'packages/core': { version: '0.1.0' },
  'node_modules/@sallyport/core': { resolved: 'packages/core', link: true },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-z' },
  'node_modules/tool-here': { version: '1.0.0', optional: true, os: 'linux', cpu: process.arch },
  'node_modules/tool-there': { version: '1.0.0', optional: true, os: ['linux'], cpu: [OTHER] },
  'node_modules/used-by-tool-there': { version: '1.0.0', optional: true },
};
const {
  'node_modules/tool-there': _there,
  'node_modules/used-by-tool-there': _used,
  ...PRESENT
} = WANTED;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function project(present: Record<string, Entry> | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-installed-'));
  folders.push(folder);
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: WANTED }));
  if (present !== undefined) {
    const lock = join(folder, 'node_modules/.package-lock.json');
    writeFileSync(lock, JSON.stringify({ packages: present }));
  }
  return folder;
}

test('what is made for other processors may be missing', () => {
  expect(isInstalled(project(PRESENT))).toBe(true);
});

test.each([
  ['an installation that did not end', undefined],
  ['another version', { ...PRESENT, 'node_modules/zod': { version: '4.0.1' } }],
  ['another content', { ...PRESENT, 'node_modules/zod': { version: '4.0.0', integrity: 'x' } }],
  ['a link to elsewhere', { ...PRESENT, 'node_modules/@sallyport/core': { link: true } }],
  ['a package that is missing', omit('node_modules/zod')],
  ['a workspace that is missing', omit('node_modules/@sallyport/core')],
  ['an optional package for this processor that is missing', omit('node_modules/tool-here')],
])('finds %s', (_what, present) => {
  expect(isInstalled(project(present))).toBe(false);
});

function omit(path: string): Record<string, Entry> {
  return Object.fromEntries(Object.entries(PRESENT).filter(([each]) => each !== path));
}
