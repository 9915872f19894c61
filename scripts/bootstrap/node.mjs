import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** TypeScript without flags and without warnings; the LTS line that the project is tested with. */
const NEEDED_MAJOR = 24;

/**
 * The Node.js that tasks run under: the project's own, or the machine's where npm has none for it.
 * Not `node_modules/.bin/node`: npm 10 leaves that link out, because the package for the other
 * processor claims it too and comes first.
 * @param {string} root folder of the project
 * @returns {string} path of the program
 */
export function findNode(root) {
  const own = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  throw new Error(
    `Node.js ${NEEDED_MAJOR} or later is needed, this is ${process.version}, and npm has none for ` +
      `${process.platform} ${process.arch}. Install one by the machine's own means.`,
  );
}
