import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import { parse } from 'yaml';
import * as z from 'zod';

/** Somebody else who knows the people: an OpenID provider. */
export interface OidcConfig {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By which people reach this server; the provider sends them back there. */
  readonly publicUrl: URL;
  /** What the button says. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The claim that lists the groups of a person. */
  readonly groupsClaim: string;
  /** Name of a group here, by what the claim calls it. */
  readonly groups: Readonly<Record<string, string>>;
  /** Whether somebody who was never here gets an account. */
  readonly createUsers: boolean;
  /** Keys that the file has; what they leave out is as it comes. */
  readonly given: ReadonlySet<string>;
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Secrets go over it, so it is https; on the machine itself nobody listens in. */
const urlField = z
  .string()
  .refine((text) => URL.canParse(text), 'must be an address, such as https://id.example.org')
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname }) =>
      protocol === 'https:' || (protocol === 'http:' && LOCAL.has(hostname)),
    'must begin with https://',
  );

const fileSchema = z.strictObject({
  issuer: urlField,
  clientId: z.string().min(1).max(256),
  clientSecretFile: z.string().refine(isAbsolute, 'must be an absolute path'),
  publicUrl: urlField,
  name: z.string().trim().min(1).max(64).default('Single sign-on'),
  scopes: z.array(z.string().regex(/^[\x21-\x7e]+$/)).default(['openid', 'profile', 'email']),
  groupsClaim: z.string().min(1).default('groups'),
  groups: z.record(z.string(), z.string().min(1)).default({}),
  createUsers: z.boolean().default(false),
});

/**
 * Reads the file of `--oidc`. The secret has a file of its own, which only the server may read.
 * @throws SallyportError `invalid_input`
 */
export async function readOidcConfig(path: string): Promise<OidcConfig> {
  const content = await readYaml(path);
  const { clientSecretFile, ...config } = parseInput(fileSchema, content);
  const given = new Set(Object.keys(content as object));
  const { mode } = await statOf(clientSecretFile);
  if ((mode & 0o007) !== 0) {
    throw new SallyportError('invalid_input', `Everybody may read ${clientSecretFile}.`, {
      remedy: `chmod 640 ${clientSecretFile}`,
    });
  }
  const clientSecret = (await readText(clientSecretFile)).trim();
  if (clientSecret !== '') return { ...config, clientSecret, given };
  throw new SallyportError('invalid_input', `${clientSecretFile} is empty.`, {
    remedy: 'Put the secret there that the provider has given to this client.',
  });
}

async function readYaml(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return parse(text);
  } catch (error) {
    throw new SallyportError('invalid_input', `${path} is no YAML: ${(error as Error).message}`, {
      remedy: 'docs/server.md shows one.',
    });
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

async function statOf(path: string) {
  return stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

function unreadable(path: string, error: unknown): SallyportError {
  return new SallyportError(
    'invalid_input',
    `${path} can not be read: ${(error as Error).message}`,
    {
      remedy: 'Name a file that the user of the server may read.',
      cause: error,
    },
  );
}
