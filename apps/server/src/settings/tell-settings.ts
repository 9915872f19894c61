import type { Setting } from '@sallyport/contract/settings';
import { LOGIN_MS } from '../auth/logins.ts';
import type { ServerConfig } from '../config.ts';
import { KEPT_EVENTS } from '../live/live.ts';
import { VERIFY_EVERY_MS } from '../sessions/keeper.ts';

interface Row extends Pick<Setting, 'name' | 'about' | 'meaning'> {
  readonly value: (config: ServerConfig) => boolean | string | readonly string[] | null;
  readonly flag?: string;
  readonly variable?: string;
}

/** By the names of the options. */
const ROWS: readonly Row[] = [
  {
    name: 'default-network',
    about: 'ways',
    meaning: 'Where sessions go whose image is restricted to no network',
    value: ({ defaultNetwork }) => defaultNetwork,
    flag: 'default-network',
    variable: 'SALLYPORT_DEFAULT_NETWORK',
  },
  {
    name: 'oidc',
    about: 'people',
    meaning: 'The file that says by which provider people sign in',
    value: ({ oidc }) => oidc,
    flag: 'oidc',
    variable: 'SALLYPORT_OIDC',
  },
  {
    name: 'listen',
    about: 'server',
    meaning: 'Where the server listens',
    value: (config) => addressOf(config),
    flag: 'listen',
    variable: 'SALLYPORT_LISTEN',
  },
  {
    name: 'https',
    about: 'server',
    meaning: 'Whether people reach it by https, by a proxy before it',
    value: ({ https }) => https,
    flag: 'https',
  },
  {
    name: 'trusted-proxy',
    about: 'server',
    meaning: 'Proxies that are believed by which address somebody comes',
    value: ({ trustedProxies }) => trustedProxies,
    flag: 'trusted-proxy',
  },
  {
    name: 'state-dir',
    about: 'server',
    meaning: 'Where SQLite is kept',
    value: ({ stateDir }) => stateDir,
    flag: 'state-dir',
    variable: 'SALLYPORT_SERVER_STATE_DIR',
  },
  {
    name: 'database',
    about: 'server',
    meaning: 'PostgreSQL; where it is not set, SQLite',
    value: ({ databaseUrl }) => databaseUrl && withoutSecrets(databaseUrl),
    variable: 'DATABASE_URL',
  },
  {
    name: 'agent-socket',
    about: 'server',
    meaning: 'Where the agent is spoken to',
    value: ({ agentSocket }) => agentSocket,
    flag: 'agent-socket',
    variable: 'SALLYPORT_AGENT_SOCKET',
  },
  {
    name: 'metrics',
    about: 'server',
    meaning: 'Where metrics of the server are told',
    value: ({ metrics }) => metrics && addressOf(metrics),
    flag: 'metrics',
    variable: 'SALLYPORT_METRICS_LISTEN',
  },
  {
    name: 'log-level',
    about: 'server',
    meaning: 'How much the server logs',
    value: ({ logLevel }) => logLevel,
    flag: 'log-level',
  },
];

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FIXED = { source: 'fixed', where: '' } as const;

/** What is as it is. */
const BUILT_IN: readonly Setting[] = [
  {
    name: 'audit',
    about: 'retention',
    meaning: 'How long the audit log is kept',
    value: 'for good',
    ...FIXED,
  },
  {
    name: 'live-events',
    about: 'retention',
    meaning: 'Live events that are kept for those who come back',
    value: KEPT_EVENTS,
    ...FIXED,
  },
  {
    name: 'login',
    about: 'people',
    meaning: 'Hours that a sign-in lasts',
    value: LOGIN_MS / HOUR_MS,
    ...FIXED,
  },
  {
    name: 'verify-every',
    about: 'sessions',
    meaning: 'Minutes between two looks at the address of a running session',
    value: VERIFY_EVERY_MS / MINUTE_MS,
    ...FIXED,
  },
];

/** Pure: each setting of the server as it holds, and where it comes from. */
export function tellSettings(config: ServerConfig): Setting[] {
  const { flags, environment } = config.given;
  const told = ROWS.map(({ name, about, meaning, value: valueOf, flag, variable }): Setting => {
    const found = valueOf(config);
    const value = typeof found === 'object' && found !== null ? [...found] : found;
    const row = { name, about, meaning, value };
    if (flag !== undefined && flags[flag] !== undefined) {
      return { ...row, source: 'flag', where: `--${flag}` };
    }
    if (variable !== undefined && environment[variable]) {
      return { ...row, source: 'environment', where: variable };
    }
    return { ...row, source: 'default', where: '' };
  });
  return [...told, ...BUILT_IN];
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Names and passwords may also be in the query (libpq). */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'postgres://…';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
