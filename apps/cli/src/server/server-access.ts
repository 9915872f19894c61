import type { ServerClient } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import { badInput } from '../show-error.ts';
import { type Credentials, type Login, readCredentials, writeCredentials } from './credentials.ts';
import { openServer } from './server-client.ts';
import { DEFAULT_SERVER, parseServerUrl } from './server-url.ts';

/** What the line and the environment say about the server. */
export interface ServerWish {
  /** Of `--server`. */
  readonly flag: string | undefined;
  /** SALLYPORT_SERVER */
  readonly variable: string | undefined;
  /** SALLYPORT_API_KEY */
  readonly apiKey: string | undefined;
  readonly credentialsFile: string;
}

/** The server, and who is signed in there. */
export interface Site {
  readonly origin: string;
  readonly login: Login | null;
}

/**
 * Which server is meant: `--server`, else the environment, else that of the last login, else the one on
 * this machine. A login is used for its own server only; the key of the environment for any.
 * @throws SallyportError `invalid_input`
 */
export async function findSite(wish: ServerWish): Promise<Site> {
  const kept = await readCredentials(wish.credentialsFile);
  const origin = originOf(wish, kept);
  if (wish.apiKey !== undefined) {
    assertKey('SALLYPORT_API_KEY', wish.apiKey);
    return { origin, login: { user: '', key: wish.apiKey } };
  }
  return { origin, login: kept.servers[origin] ?? null };
}

/** Whether it can be a key at all: it goes into a header. @throws SallyportError `invalid_input` */
export function assertKey(field: string, text: string): void {
  if (/^[\x21-\x7e]{1,512}$/.test(text)) return;
  throw badInput(field, undefined, {
    message: 'does not hold an API key',
    remedy: 'make one: sallyport key create NAME',
  });
}

function originOf({ flag, variable }: ServerWish, kept: Credentials): string {
  if (flag !== undefined) return parseServerUrl('--server', flag);
  if (variable !== undefined) return parseServerUrl('SALLYPORT_SERVER', variable);
  return kept.current ?? DEFAULT_SERVER;
}

/** Keeps a login, or forgets it, and makes its server the current one, or none. */
export async function keepLogin(file: string, { origin, login }: Site): Promise<void> {
  const { current, servers } = await readCredentials(file);
  const others = Object.entries(servers).filter(([one]) => one !== origin);
  const forgotten = current === origin ? null : current;
  await writeCredentials(file, {
    version: 1,
    current: login === null ? forgotten : origin,
    servers: Object.fromEntries(login === null ? others : [...others, [origin, login]]),
  });
}

/**
 * The server as who is signed in there. Calls throw what the server refuses, with what to type.
 * @throws SallyportError `not_signed_in`
 */
export function enterServer({ origin, login }: Site): ServerClient {
  if (login === null) {
    throw new SallyportError('not_signed_in', `Nobody is signed in at ${origin}.`, {
      remedy: `Sign in: sallyport login ${origin}`,
    });
  }
  const server = openServer(origin, { login });
  return async (name, input) => {
    try {
      return await server(name, input);
    } catch (error) {
      throw error instanceof SallyportError ? explained(error, { origin, login }) : error;
    }
  };
}

/** The server speaks to programs; people are told what to type. */
function explained(error: SallyportError, { origin, login }: Site): SallyportError {
  const { code, message, errors } = error;
  const isKey = login !== null && 'key' in login;
  if (code === 'not_signed_in') {
    const what = isKey ? 'The API key is not valid' : 'The login is over';
    const remedy = isKey
      ? 'Give another: SALLYPORT_API_KEY, or `sallyport login --key-file FILE`'
      : `Sign in again: sallyport login ${origin}`;
    return new SallyportError(code, `${what} at ${origin}.`, { remedy, cause: error });
  }
  if (code === 'forbidden' && message.includes('in-person')) {
    const remedy = `Sign in with a password: sallyport login ${origin}`;
    return new SallyportError(code, 'An API key is not enough for this.', { remedy, cause: error });
  }
  return new SallyportError(code, message, { remedy: error.remedy, errors, cause: error });
}
