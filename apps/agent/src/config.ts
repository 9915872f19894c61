import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SallyportError } from '@sallyport/contract/errors';
import { ipv4Field, subnet6Field, subnetField } from '@sallyport/contract/fields';
import { parseInput } from '@sallyport/contract/parse';
import { echoUrlField } from '@sallyport/contract/verify';
import { prefixLength } from '@sallyport/core/cidr4';
import type { Ipv4 } from '@sallyport/core/ipv4';
import { prefixRange } from '@sallyport/core/prefix';
import type { SubnetPool } from '@sallyport/core/subnet-pool';
import type { SubnetPool6 } from '@sallyport/core/subnet-pool6';
import { parse } from 'yaml';
import * as z from 'zod';
import { DEFAULT_POOL, DEFAULT_POOL6 } from './constants.ts';
import { readSessionPolicy, type SessionPolicy, sessionPolicySchema } from './sessions/policy.ts';

/** Everything that can be set from outside. This file alone reads the environment and the file. */
export interface AgentConfig {
  readonly socket: string;
  readonly stateDir: string;
  readonly dockerHost: string;
  readonly pool: SubnetPool;
  /** As `pool`, for IPv6. */
  readonly pool6: SubnetPool6;
  /** Name servers of networks that name none. */
  readonly dns: readonly Ipv4[];
  /** Echo services for `verify`. */
  readonly echo: readonly string[];
  /** How much of the flow log is kept. */
  readonly flows: { readonly megabytes: number; readonly days: number };
  /** Where metrics are told; both null unless they were asked for. */
  readonly metrics: {
    readonly listen: { readonly host: string; readonly port: number } | null;
    readonly textfile: string | null;
  };
  /** What containers of sessions may have, whoever asks. */
  readonly sessions: SessionPolicy;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Where all of it was found. */
  readonly given: {
    readonly flags: Readonly<Record<string, string | undefined>>;
    readonly environment: Environment;
    readonly file: Readonly<Record<string, unknown>>;
    /** Path of the file, whether it is there or not. */
    readonly path: string;
  };
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const DEFAULT_FILE = '/etc/sallyport/agent.yaml';

/** The file, documented in docs/agent.md. Strict: a mistyped key must not be ignored. */
const fileSchema = z.strictObject({
  socket: z.string().startsWith('/', 'must be an absolute path').optional(),
  stateDir: z.string().startsWith('/', 'must be an absolute path').optional(),
  dockerHost: z.string().optional(),
  pool: z.strictObject({ prefix: subnetField, size: z.int().min(9).max(29) }).optional(),
  pool6: z.strictObject({ prefix: subnet6Field, size: z.int().min(48).max(64) }).optional(),
  dns: z.array(ipv4Field).max(6).optional(),
  echo: z.array(echoUrlField).max(16).optional(),
  flows: z
    .strictObject({
      megabytes: z.int().min(16).max(1_000_000).optional(),
      days: z.int().min(1).max(3_650).optional(),
    })
    .optional(),
  metrics: z
    .strictObject({
      listen: z
        .string()
        .regex(
          /^(\[[0-9a-f:]+\]|[\d.]+):\d{1,5}$/i,
          'must be an address and a port, such as 127.0.0.1:9464',
        )
        .optional(),
      textfile: z.string().startsWith('/', 'must be an absolute path').optional(),
    })
    .optional(),
  sessions: sessionPolicySchema.optional(),
  logLevel: z.enum(LOG_LEVELS).optional(),
});

const FLAGS = {
  config: { type: 'string' },
  socket: { type: 'string' },
  'state-dir': { type: 'string' },
  'docker-host': { type: 'string' },
  'log-level': { type: 'string' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags win over the environment, which wins over the file. @throws SallyportError `invalid_input` */
export function readConfig(
  args: readonly string[],
  environment: Environment = process.env,
): AgentConfig {
  const flags = readFlags(args);
  const file = readFile(flags.config);
  const given = parseInput(fileSchema, {
    ...file,
    ...defined({
      socket: flags.socket ?? environment['SALLYPORT_AGENT_SOCKET'],
      stateDir: flags['state-dir'] ?? environment['SALLYPORT_STATE_DIR'],
      dockerHost: flags['docker-host'] ?? environment['DOCKER_HOST'],
      logLevel: flags['log-level'],
    }),
  });
  const pool = given.pool ?? DEFAULT_POOL;
  if (pool.size < prefixLength(pool.prefix)) {
    throw badPool('pool', pool);
  }
  const pool6 = given.pool6 ?? DEFAULT_POOL6;
  if (pool6.size < prefixRange(pool6.prefix).length) throw badPool('pool6', pool6);
  return {
    socket: given.socket ?? '/run/sallyport/agent.sock',
    stateDir: given.stateDir ?? '/var/lib/sallyport',
    dockerHost: given.dockerHost ?? 'unix:///var/run/docker.sock',
    pool,
    pool6,
    dns: given.dns ?? [],
    echo: given.echo ?? [],
    flows: { megabytes: given.flows?.megabytes ?? 256, days: given.flows?.days ?? 30 },
    metrics: {
      listen: given.metrics?.listen === undefined ? null : hostAndPort(given.metrics.listen),
      textfile: given.metrics?.textfile ?? null,
    },
    sessions: readSessionPolicy(given.sessions ?? {}),
    logLevel: given.logLevel ?? 'info',
    given: { flags, environment, file, path: flags.config ?? DEFAULT_FILE },
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (error) {
    throw new SallyportError('invalid_input', (error as Error).message, {
      remedy: 'See: sallyport agent --help',
    });
  }
}

/** A file that was named must be there; the usual one may be missing. */
function readFile(named: string | undefined): Record<string, unknown> {
  const path = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(path)) return {};
  try {
    const content: unknown = parse(readFileSync(path, 'utf8'));
    if (content === null) return {};
    if (typeof content === 'object' && !Array.isArray(content))
      return content as Record<string, unknown>;
    throw new Error('it is not a mapping of keys to values');
  } catch (error) {
    throw new SallyportError(
      'invalid_input',
      `The configuration ${path} can not be read: ${(error as Error).message}`,
      {
        remedy: 'Correct the file; docs/agent.md describes it.',
      },
    );
  }
}

/** `127.0.0.1:9464` or `[::1]:9464` */
function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return {
    host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(colon + 1)),
  };
}

function badPool(key: string, { prefix, size }: SubnetPool | SubnetPool6): SallyportError {
  const message = `is larger than the pool ${prefix}`;
  const remedy = 'give a longer prefix length';
  return new SallyportError('invalid_input', `${key}.size: ${size} ${message}; ${remedy}`, {
    errors: [{ field: `${key}.size`, value: size, message, remedy }],
  });
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
