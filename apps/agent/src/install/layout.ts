import { fileURLToPath } from 'node:url';

/** The repository, or the copy that was installed: what holds bin, apps and packages. */
export const PROGRAM = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

/** Where everything goes, below the root of the system. */
export const PLACES = {
  program: '/usr/local/lib/sallyport',
  command: '/usr/local/bin/sallyport',
  units: '/etc/systemd/system',
  configuration: '/etc/sallyport/agent.yaml',
  state: '/var/lib/sallyport',
} as const;

export const UNITS = ['sallyport-guard.service', 'sallyport-agent.service'] as const;

/** What of the repository the agent and the command line consist of. */
export const PARTS = [
  'bin',
  'apps/agent/package.json',
  'apps/agent/src',
  'apps/cli/package.json',
  'apps/cli/src',
  'packages/core/package.json',
  'packages/core/src',
  'packages/contract/package.json',
  'packages/contract/src',
  'packaging',
  'docs',
  'LICENSE',
  'README.md',
  'package.json',
] as const;
