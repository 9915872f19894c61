import { accessSync, constants } from 'node:fs';

/** The freedesktop way to the browser of the person; Debian's package xdg-utils. */
const OPENERS = ['/usr/bin/xdg-open', '/usr/local/bin/xdg-open'];

/** Opens a page in the browser of the person. False: there is nothing to open it with. */
export function openPage(url: string): boolean {
  const opener = OPENERS.find(isThere);
  if (opener === undefined) return false;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
  return true;
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
