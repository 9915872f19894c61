import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Entry what a lock file says of one folder
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {boolean} [link]
 * @property {boolean} [optional]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 */

/**
 * Whether all is installed as the lock file has it.
 *
 * npm writes node_modules/.package-lock.json as the last thing of an installation. It tells what is
 * there by version and hash, however it came there (`npm ci`, `npm install`), so no stamp of our own
 * is needed, and an interrupted installation is found out.
 * @param {string} root folder of the project
 */
export function isInstalled(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const present = readLock(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json is missing or damaged');
  if (present === undefined) return false;
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, entry]) => {
      const there = present[path];
      if (there === undefined) return mayBeMissing(entry);
      if (entry.link === true) return there.resolved === entry.resolved;
      return there.version === entry.version && there.integrity === entry.integrity;
    });
}

/**
 * The part of a lock file that tells what is installed: folder to entry.
 * @param {string} path
 * @returns {Record<string, Entry> | undefined} undefined where it can't be read
 */
export function readLock(path) {
  try {
    const lock = /** @type {unknown} */ (JSON.parse(readFileSync(path, 'utf8')));
    return /** @type {{ packages?: Record<string, Entry> }} */ (lock).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm leaves out what is for other systems and processors, and what only that depends upon. What is
 * made for this one has to be there. A Debian has glibc.
 * @param {Entry} entry
 */
export function mayBeMissing({ optional, os, cpu, libc }) {
  if (optional !== true || (os === undefined && cpu === undefined)) return optional === true;
  return !(allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, 'glibc'));
}

/**
 * @param {string | string[] | undefined} list values, or values that are excluded: `!win32`
 * @param {string} value
 */
function allows(list, value) {
  if (list === undefined) return true;
  const values = [list].flat();
  if (values.some((each) => each.startsWith('!'))) return !values.includes(`!${value}`);
  return values.includes(value);
}
