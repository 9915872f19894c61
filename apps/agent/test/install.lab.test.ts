import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planInstall } from '../src/install/install.ts';
import { UNITS } from '../src/install/layout.ts';
import { carryOut } from '../src/install/steps.ts';
import { planUninstall } from '../src/install/uninstall.ts';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const SYSTEMD = has('systemctl') && has('systemd-analyze');

let root: string;
const install = (requireGuard = false, dryRun = false): string[] => {
  const lines: string[] = [];
  carryOut(planInstall({ root, requireGuard }), { dryRun, print: (line) => lines.push(line) });
  return lines;
};
const uninstall = () => carryOut(planUninstall(root), { dryRun: false, print: () => undefined });
/** All files and links below the root. */
const files = () =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length));
const program = (...args: readonly string[]) =>
  spawnSync(join(root, 'usr/local/bin/sallyport'), args, { encoding: 'utf8' });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-root-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The runtime alone is more than 100 MB, and is copied. */
const SLOW = { timeout: 60_000 };

describe.skipIf(!SYSTEMD)('an installation (needs systemctl and systemd-analyze)', SLOW, () => {
  it('only tells what it would do when asked to', () => {
    expect(install(false, true)).toContain(
      `would put the program into ${root}/usr/local/lib/sallyport`,
    );
    expect(files()).toEqual([]);
  });

  it('has a program that runs by itself, without the repository', () => {
    install();
    const { status, stdout, stderr } = program('network', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('sallyport network create');
    expect(program('agent', '--help').stdout).toContain('install');
    // The agent's libraries are there: it gets as far as its configuration.
    const config = ['--config', join(root, 'none.yaml')];
    expect(program('agent', 'run', ...config).stderr).toContain('none.yaml can not be read');
    expect(files().filter((path) => path.includes('/vitest/'))).toEqual([]);
  });

  it('has units that systemd understands, enabled, guard before Docker', () => {
    const verified = spawnSync('systemd-analyze', [`--root=${root}`, 'verify', ...UNITS], {
      encoding: 'utf8',
    });
    // What is not of ours in an empty system: the targets that Debian brings.
    const about = verified.stderr.split('\n').filter((line) => line.includes('sallyport'));
    expect(about.filter((line) => !line.includes('Failed to create'))).toEqual([]);
    const wants = files().filter((path) => path.includes('.wants/'));
    expect(wants.toSorted()).toEqual([
      '/etc/systemd/system/docker.service.wants/sallyport-guard.service',
      '/etc/systemd/system/multi-user.target.wants/sallyport-agent.service',
      '/etc/systemd/system/multi-user.target.wants/sallyport-guard.service',
    ]);
  });

  it.each([
    ['sallyport-agent.service', 4],
    ['sallyport-guard.service', 3],
  ])('%s is exposed to less than %i of 10', (unit, most) => {
    const { stdout } = spawnSync(
      'systemd-analyze',
      [`--root=${root}`, '--offline=true', 'security', unit],
      { encoding: 'utf8' },
    );
    const level = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    expect(level).toBeGreaterThan(0);
    expect(level).toBeLessThan(most);
  });

  it('may be repeated, keeps what somebody has configured, and can bind Docker to the guard', () => {
    const configuration = join(root, 'etc/sallyport/agent.yaml');
    writeFileSync(configuration, 'dns: [9.9.9.9]\n');
    install(true);
    expect(readFileSync(configuration, 'utf8')).toBe('dns: [9.9.9.9]\n');
    expect(files()).toContain(
      '/etc/systemd/system/docker.service.requires/sallyport-guard.service',
    );
    expect(program('network', '--help').status).toBe(0);
  });

  it('leaves nothing when it is taken away, but a configuration that was changed', () => {
    uninstall();
    expect(files()).toEqual(['/etc/sallyport/agent.yaml']);
    rmSync(join(root, 'etc/sallyport/agent.yaml'));
    install();
    uninstall();
    expect(files()).toEqual([]);
  });
});
