import {
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PARTS, PLACES, PROGRAM, UNITS } from './layout.ts';
import { runtimePackages } from './runtime-packages.ts';
import type { InstallStep } from './steps.ts';
import { isBooted, systemctl } from './systemctl.ts';

export interface InstallOptions {
  /** Below which the system lies; `/` is this one. */
  readonly root: string;
  /** Docker does not start when the guard can't be loaded. */
  readonly requireGuard: boolean;
}

/** As `systemctl add-requires` makes it, but also where Docker is not installed yet. */
const REQUIRED = `${PLACES.units}/docker.service.requires/${UNITS[0]}`;

const CONFIGURATION = `# Settings of the Sallyport agent; docs/agent.md describes all of them.
# pool: { prefix: 10.208.0.0/12, size: 24 }
# dns: [9.9.9.9]
# echo: [https://echo.example/ip]
`;

/** What puts the agent, its units and its configuration in place. May be carried out again. */
export function planInstall({ root, requireGuard }: InstallOptions): readonly InstallStep[] {
  const at = (path: string): string => join(root, path);
  const [guard, agent] = UNITS;
  const live = root === '/' && isBooted();
  return [
    {
      says: `put the program into ${at(PLACES.program)}`,
      act: () => putProgram(at(PLACES.program)),
    },
    {
      says: `link ${at(PLACES.command)} to it`,
      act: () => link(PLACES.program + '/bin/sallyport', { root, path: PLACES.command }),
    },
    ...(existsSync(at(PLACES.configuration))
      ? []
      : [
          {
            says: `write ${at(PLACES.configuration)}`,
            act: () => write(at(PLACES.configuration), CONFIGURATION),
          },
        ]),
    ...UNITS.map((unit) => ({
      says: `put ${unit} into ${at(PLACES.units)}`,
      act: () => {
        mkdirSync(at(PLACES.units), { recursive: true });
        cpSync(join(PROGRAM, 'packaging/systemd', unit), join(at(PLACES.units), unit));
      },
    })),
    { says: `enable both units`, act: () => systemctl(`--root=${root}`, 'enable', guard, agent) },
    ...(requireGuard
      ? [
          {
            says: 'keep Docker from starting without the guard',
            act: () => link(`${PLACES.units}/${guard}`, { root, path: REQUIRED }),
          },
        ]
      : []),
    ...(live
      ? [
          { says: 'tell systemd of them', act: () => systemctl('daemon-reload') },
          { says: `start ${agent}`, act: () => systemctl('restart', agent) },
        ]
      : []),
  ];
}

/** Beside the old one, which is replaced when the new one is whole. */
function putProgram(place: string): void {
  if (PROGRAM === place) return;
  const fresh = `${place}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const packages = runtimePackages(PROGRAM, [
    'apps/agent',
    'apps/cli',
    'packages/contract',
    'packages/core',
  ]);
  for (const part of [...PARTS, ...packages]) {
    mkdirSync(dirname(join(fresh, part)), { recursive: true });
    cpSync(join(PROGRAM, part), join(fresh, part), { recursive: true, dereference: true });
  }
  for (const name of ['core', 'contract']) {
    link(join('/packages', name), { root: fresh, path: join('/node_modules/@sallyport', name) });
  }
  rmSync(place, { recursive: true, force: true });
  renameSync(fresh, place);
}

/** A relative link, so that it holds below another root too. */
function link(
  target: string,
  { root, path }: { readonly root: string; readonly path: string },
): void {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  rmSync(place, { force: true });
  symlinkSync(relative(dirname(path), target), place);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { flag: 'wx', mode: 0o644 });
}

/** The text that a configuration has which nobody has changed. */
export const UNCHANGED_CONFIGURATION = CONFIGURATION;
