import { fileURLToPath } from 'node:url';
import { runAndPass } from './bootstrap/pass.mjs';

/** Folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** How a program ended. */
export interface Ending {
  /** As a shell has it: 128 and the number of the signal where one ended the program. */
  readonly code: number;
  /** Standard output and standard error as they came; empty where the terminal got them. */
  readonly output: string;
}

/** Runs a program that npm installed (`node_modules/.bin`), or Node.js itself (`node`). */
export async function runTool(
  tool: string,
  args: readonly string[],
  stdio: 'inherit' | 'pipe' = 'inherit',
): Promise<Ending> {
  const program = tool === 'node' ? process.execPath : `${ROOT}node_modules/.bin/${tool}`;
  const chunks: string[] = [];
  const code = await runAndPass(program, args, {
    cwd: ROOT,
    stdio: ['ignore', stdio, stdio],
    onStart: (child) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      }
    },
  });
  return { code, output: chunks.join('') };
}
