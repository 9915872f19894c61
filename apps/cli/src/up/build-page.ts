import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/build-web.ts', import.meta.url));
/** A minute on a slow machine. */
const TIMEOUT_MS = 300_000;

/**
 * Builds the page where its sources are newer than what was built.
 * @returns why it could not be built; empty where all is well, or an installation brings it built
 */
export async function ensurePage(script = SCRIPT): Promise<string> {
  const isCheckout = await stat(script).then(
    () => true,
    () => false,
  );
  if (!isCheckout) return '';
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, '--if-stale'],
      { timeout: TIMEOUT_MS },
      (error, stdout, stderr) => {
        resolve(error === null ? '' : (stderr || stdout || error.message).trim());
      },
    );
  });
}
