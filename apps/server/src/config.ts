import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SallyportError } from '@sallyport/contract/errors';
import { networkNameField } from '@sallyport/contract/fields';
import { parseInput } from '@sallyport/contract/parse';
import * as z from 'zod';

/** Where to listen. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Everything that can be set from outside. This file alone reads the environment. */
export interface ServerConfig extends Listening {
  /** Where metrics are told, without a sign-in; null: nowhere. */
  readonly metrics: Listening | null;
  readonly stateDir: string;
  /** null: SQLite in the state directory. */
  readonly databaseUrl: string | null;
  /** Whether people reach the server by https, which a proxy before it ends. */
  readonly https: boolean;
  readonly trustedProxies: readonly string[];
  /** The file that says by whom people are known elsewhere; null: by nobody. */
  readonly oidc: string | null;
  /** Unix socket of the agent. */
  readonly agentSocket: string;
  /** The network of images that are restricted to none; null: those can not be started. */
  readonly defaultNetwork: string | null;
  /** Absolute path of the built page. */
  readonly pages: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Where all of it was found. */
  readonly given: {
    readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
    readonly environment: Environment;
  };
}

/** Where `npm run build:web` puts the page. */
const BUILT_PAGES = join(import.meta.dirname, '../../web/dist');

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const FLAGS = {
  listen: { type: 'string' },
  'state-dir': { type: 'string' },
  https: { type: 'boolean' },
  'trusted-proxy': { type: 'string', multiple: true },
  'agent-socket': { type: 'string' },
  'default-network': { type: 'string' },
  oidc: { type: 'string' },
  pages: { type: 'string' },
  metrics: { type: 'string' },
  'log-level': { type: 'string' },
} as const;

const addressField = z.string().refine((text) => {
  const [address = '', length, ...rest] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  const fits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most);
  return isIP(address) !== 0 && rest.length === 0 && fits;
}, 'must be an address or a prefix, for example 192.0.2.10 or 192.0.2.0/24');

const listenField = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i, 'must be HOST:PORT, for example 127.0.0.1:8080')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'has no such port')
  .transform((text): Listening => {
    const colon = text.lastIndexOf(':');
    return {
      host: text.slice(0, colon).replace(/^\[|\]$/g, ''),
      port: Number(text.slice(colon + 1)),
    };
  });

const configSchema = z.strictObject({
  listen: listenField,
  metrics: listenField.nullable(),
  stateDir: z.string().startsWith('/', 'must be an absolute path'),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .nullable(),
  https: z.boolean(),
  trustedProxies: z.array(addressField),
  oidc: z.string().startsWith('/', 'must be an absolute path').nullable(),
  agentSocket: z.string().startsWith('/', 'must be an absolute path'),
  defaultNetwork: networkNameField.nullable(),
  pages: z.string().startsWith('/', 'must be an absolute path'),
  logLevel: z.enum(LOG_LEVELS),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags win over the environment. @throws SallyportError `invalid_input` */
export function readConfig(
  args: readonly string[],
  environment: Environment = process.env,
): ServerConfig {
  const flags = readFlags(args);
  const variable = (name: string): string | undefined => environment[name] || undefined;
  const { listen, ...rest } = parseInput(configSchema, {
    metrics: flags.metrics ?? variable('SALLYPORT_METRICS_LISTEN') ?? null,
    listen: flags.listen ?? variable('SALLYPORT_LISTEN') ?? '127.0.0.1:8080',
    stateDir:
      flags['state-dir'] ?? variable('SALLYPORT_SERVER_STATE_DIR') ?? '/var/lib/sallyport-server',
    databaseUrl: variable('DATABASE_URL') ?? null,
    https: flags.https ?? false,
    trustedProxies: flags['trusted-proxy'] ?? [],
    agentSocket:
      flags['agent-socket'] ?? variable('SALLYPORT_AGENT_SOCKET') ?? '/run/sallyport/agent.sock',
    oidc: flags.oidc ?? variable('SALLYPORT_OIDC') ?? null,
    defaultNetwork: flags['default-network'] ?? variable('SALLYPORT_DEFAULT_NETWORK') ?? null,
    pages: flags.pages ?? BUILT_PAGES,
    logLevel: flags['log-level'] ?? 'info',
  });
  return { ...rest, ...listen, given: { flags, environment } };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (error) {
    throw new SallyportError('invalid_input', (error as Error).message, {
      remedy: 'See: sallyport server --help',
    });
  }
}
