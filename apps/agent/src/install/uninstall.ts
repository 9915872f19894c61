import { existsSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UNCHANGED_CONFIGURATION } from './install.ts';
import { PLACES, UNITS } from './layout.ts';
import type { InstallStep } from './steps.ts';
import { isBooted, systemctl } from './systemctl.ts';

/** Ends the agent of a system that runs; the networks stay until they are cleaned up. */
export function planStop(root: string): readonly InstallStep[] {
  if (root !== '/' || !isBooted()) return [];
  return [{ says: 'stop both units', act: () => systemctl('stop', ...UNITS) }];
}

/** What takes everything away that an installation has put there, and nothing else. */
export function planUninstall(root: string): readonly InstallStep[] {
  const at = (path: string): string => join(root, path);
  const units = UNITS.filter((unit) => existsSync(join(at(PLACES.units), unit)));
  return [
    ...(units.length === 0
      ? []
      : [
          {
            says: 'disable both units',
            act: () => systemctl(`--root=${root}`, 'disable', ...units),
          },
        ]),
    ...units.map((unit) => remove(join(at(PLACES.units), unit))),
    ...[PLACES.command, PLACES.program, PLACES.state].map((path) => remove(at(path))),
    ...configurationSteps(at(PLACES.configuration)),
    ...(root === '/' && isBooted()
      ? [{ says: 'tell systemd', act: () => systemctl('daemon-reload') }]
      : []),
  ];
}

function remove(path: string): InstallStep {
  return { says: `remove ${path}`, act: () => rmSync(path, { recursive: true, force: true }) };
}

/** What somebody has written stays. */
function configurationSteps(path: string): readonly InstallStep[] {
  if (!existsSync(path)) return [];
  if (readFileSync(path, 'utf8') !== UNCHANGED_CONFIGURATION)
    return [{ says: `leave ${path}, which was changed`, act: () => undefined }];
  return [
    remove(path),
    {
      says: `remove ${dirname(path)}, if nothing else is in it`,
      act: () => {
        try {
          rmdirSync(dirname(path));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
        }
      },
    },
  ];
}
