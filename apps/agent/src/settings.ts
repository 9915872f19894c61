import type { Setting } from '@sallyport/contract/settings';
import type { AgentConfig } from './config.ts';
import { EVENT_FILE_BYTES } from './constants.ts';

type Value = boolean | number | string | readonly string[] | null;

/** Flag and variable where there are such; in the file each has its own name, a dot for each level. */
type Row = readonly [
  meaning: string,
  value: (config: AgentConfig) => Value,
  flag?: string,
  variable?: string,
];

const ROWS: Readonly<Partial<Record<Setting['about'], Readonly<Record<string, Row>>>>> = {
  ways: {
    echo: ['Echo services: they say by which address they are asked', ({ echo }) => echo],
    dns: ['Name servers of networks that name none', ({ dns }) => dns],
    'pool.prefix': ['Where the subnets of networks come from', ({ pool }) => pool.prefix],
    'pool.size': ['Prefix length of each subnet', ({ pool }) => pool.size],
    'pool6.prefix': ['Where their IPv6 subnets come from', ({ pool6 }) => pool6.prefix],
    'pool6.size': ['Prefix length of each IPv6 subnet', ({ pool6 }) => pool6.size],
  },
  sessions: {
    'sessions.maxCores': ['Cores of a session at most', ({ sessions }) => sessions.maxCores],
    'sessions.maxMemoryMiB': [
      'Memory of a session at most, in MiB',
      ({ sessions }) => sessions.maxMemoryMiB,
    ],
    'sessions.maxPids': ['Processes of a session at most', ({ sessions }) => sessions.maxPids],
    'sessions.maxGpus': ['GPUs of a session at most', ({ sessions }) => sessions.maxGpus],
    'sessions.allowPrivileged': [
      'Privileged containers',
      ({ sessions }) => sessions.allowPrivileged,
    ],
    'sessions.allowRoot': ['Containers as root', ({ sessions }) => sessions.allowRoot],
    'sessions.allowedCapabilities': [
      'Capabilities that containers may have',
      ({ sessions }) => sessions.allowedCapabilities,
    ],
    'sessions.allowedDevices': [
      'Devices that containers may have',
      ({ sessions }) => sessions.allowedDevices,
    ],
    'sessions.volumeRoots': [
      'Folders of the host below which paths may be mounted',
      ({ sessions }) => sessions.volumeRoots,
    ],
    'sessions.allowLaunchCommands': [
      'Commands when a session starts',
      ({ sessions }) => sessions.allowLaunchCommands,
    ],
  },
  retention: {
    'flows.days': ['Days that the flow log is kept', ({ flows }) => flows.days],
    'flows.megabytes': ['Size of the flow log at most, in MB', ({ flows }) => flows.megabytes],
  },
  host: {
    socket: [
      'Where the agent is spoken to',
      ({ socket }) => socket,
      'socket',
      'SALLYPORT_AGENT_SOCKET',
    ],
    stateDir: [
      'Where networks are kept',
      ({ stateDir }) => stateDir,
      'state-dir',
      'SALLYPORT_STATE_DIR',
    ],
    dockerHost: [
      'Where Docker is spoken to',
      ({ dockerHost }) => dockerHost,
      'docker-host',
      'DOCKER_HOST',
    ],
    'metrics.listen': [
      'Where metrics of the agent are told',
      ({ metrics: { listen } }) => listen && addressOf(listen),
    ],
    'metrics.textfile': [
      'The file to which metrics of the agent are written',
      ({ metrics }) => metrics.textfile,
    ],
    logLevel: ['How much the agent logs', ({ logLevel }) => logLevel, 'log-level'],
  },
};

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const FIXED: Setting = {
  name: 'events',
  about: 'retention',
  meaning: 'Size of the events of networks at most, in MiB; the oldest go first',
  value: (2 * EVENT_FILE_BYTES) / 1024 ** 2,
  source: 'fixed',
  where: '',
};

/** Pure: each setting of the agent as it holds, and where it comes from. */
export function tellSettings(config: AgentConfig): Setting[] {
  const told = (Object.keys(ROWS) as Setting['about'][]).flatMap((about) =>
    Object.entries(ROWS[about] ?? {}).map(([name, row]): Setting => {
      const [meaning, valueOf] = row;
      const value = valueOf(config);
      const writable = typeof value === 'object' && value !== null ? [...value] : value;
      return { name, about, meaning, value: writable, ...originOf(name, row, config.given) };
    }),
  );
  return [...told, FIXED];
}

function originOf(
  name: string,
  [, , flag, variable]: Row,
  { flags, environment, file, path }: AgentConfig['given'],
): Pick<Setting, 'source' | 'where'> {
  if (flag !== undefined && flags[flag]) return { source: 'flag', where: `--${flag}` };
  if (variable !== undefined && environment[variable]) {
    return { source: 'environment', where: variable };
  }
  if (isIn(file, name.split('.'))) return { source: 'file', where: path };
  return { source: 'default', where: '' };
}

function isIn(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  return isIn((value as Readonly<Record<string, unknown>>)[key], rest);
}
