import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { runAndPass } from './pass.mjs';

/**
 * Runs `npm ci` in a folder. Only errors are printed: npm warns of every package that wants a newer
 * Node.js than the machine's, which is what the project brings.
 * @param {string} folder
 * @param {string} node the Node.js that runs npm
 * @throws Error when npm fails; npm has said why
 */
export async function runNpmCi(folder, node) {
  const { npm_execpath: npm, PATH: path = '' } = process.env;
  const [program, args] = npm && existsSync(npm) ? [node, [npm]] : ['npm', []];
  // The prefix is named because npm run hands down the folder that it runs in.
  const options = ['ci', `--prefix=${folder}`, '--include=dev', '--include=optional'];
  const code = await runAndPass(program, [...args, ...options, '--loglevel=error'], {
    cwd: folder,
    // npm's account of what it did is not this task's output.
    stdio: ['ignore', 2, 2],
    // npm begins with `#!/usr/bin/env node`, and so may what it starts.
    env: { ...process.env, PATH: [dirname(node), path].join(delimiter) },
  });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`);
}
