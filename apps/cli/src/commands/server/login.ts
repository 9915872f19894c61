import type { ServerOutput } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import { signInSchema } from '@sallyport/contract/server/people';
import { parseInput } from '@sallyport/contract/parse';
import { type Context, defineCommand, type Result } from '../../command.ts';
import { badInput } from '../../show-error.ts';
import { readSecret } from '../../server/read-secret.ts';
import { isPrivateWay, parseServerUrl } from '../../server/server-url.ts';

export const login = defineCommand({
  description:
    'Signs in at a server, for the commands that follow. A password is asked for and not kept: what\n' +
    'is kept is the login, for 12 hours, in a file that only you can read. With --key-file an API key\n' +
    'is kept instead. SALLYPORT_API_KEY needs no login at all.',
  argument: {
    label: 'URL',
    summary: 'Address of the server; without one that of --server, or of the last login',
    count: 'at-most-one',
  },
  options: {
    user: { value: 'NAME', summary: 'Who signs in; asked for if it is left out' },
    'password-file': {
      value: 'FILE',
      summary: 'The password is its first line; - reads standard input',
      offer: 'file',
    },
    code: { value: 'CODE', summary: 'Of the second factor; asked for where it is needed' },
    'key-file': {
      value: 'FILE',
      summary: 'Use the API key in its first line; - reads standard input',
      offer: 'file',
    },
    insecure: { summary: 'Allow plain http to another machine: others can read the password' },
  },
  examples: [
    'sallyport login',
    'sallyport login https://desk.example --user anna',
    'sallyport login https://desk.example --user anna --password-file - < password.txt',
    'sallyport login https://desk.example --key-file key.txt',
  ],
  fields: { name: '--user', password: '--password-file', code: '--code' },
  run: async (context, { argument, options }) => {
    const { origin: found } = await context.logins.site();
    const origin = argument === undefined ? found : parseServerUrl('URL', argument);
    if (!isPrivateWay(origin) && !options.insecure) {
      throw badInput(argument === undefined ? '--server' : 'URL', origin, {
        message: 'is plain http: whoever is on the way reads the password',
        remedy: 'use https://, or allow it with --insecure',
      });
    }
    const keyFile = options['key-file'];
    if (keyFile === undefined) return byPassword(context, origin, options);
    for (const flag of ['user', 'password-file', 'code'] as const) {
      if (options[flag] === undefined) continue;
      throw badInput(`--${flag}`, undefined, {
        message: 'and --key-file exclude each other',
        remedy: 'give one of the two',
      });
    }
    return byKey(context, origin, keyFile);
  },
});

async function byKey(context: Context, origin: string, file: string): Promise<Result> {
  const [{ openServer }, { assertKey }] = await Promise.all([
    import('../../server/server-client.ts'),
    import('../../server/server-access.ts'),
  ]);
  const key = await readSecret(context, { flag: '--key-file', file, question: '' });
  assertKey('--key-file', key);
  const asked = openServer(origin, { login: { user: '', key } })('whoami', {});
  const { name } = await context.during('Signing in', asked);
  await context.logins.keep({ origin, login: { user: name, key } });
  return told(origin, name, 'by an API key');
}

interface Typed {
  readonly user: string | undefined;
  readonly 'password-file': string | undefined;
  readonly code: string | undefined;
}

async function byPassword(context: Context, origin: string, typed: Typed): Promise<Result> {
  const name = typed.user ?? (await askName(context));
  const password = await readSecret(context, {
    flag: '--password-file',
    file: typed['password-file'],
    question: `Password of ${name} at ${origin}: `,
  });
  const { code } = typed;
  const body = parseInput(signInSchema, { name, password, ...(code !== undefined && { code }) });
  const { value, cookie } = await signIn(context, origin, body);
  if (cookie === undefined || value.csrfToken === null) {
    throw new SallyportError('internal', 'The server answered a sign-in without a login.');
  }
  const kept = { user: value.name, cookie, csrf: value.csrfToken };
  await context.logins.keep({ origin, login: kept });
  return told(origin, value.name, 'for 12 hours');
}

interface SignedIn {
  readonly value: ServerOutput<'signIn'>;
  /** Undefined: the answer brought none. */
  readonly cookie: string | undefined;
}

/** Asks for the code where one is needed and a person is there. */
async function signIn(
  context: Context,
  origin: string,
  body: { readonly name: string; readonly password: string; readonly code?: string | undefined },
): Promise<SignedIn> {
  const { openServer } = await import('../../server/server-client.ts');
  const send = async (code: string | undefined): Promise<SignedIn> => {
    const cookies: string[] = [];
    const onCookie = (cookie: string): void => void cookies.push(cookie);
    const { name, password } = body;
    const value = await openServer(origin, { login: null, onCookie })('signIn', {
      body: { name, password, ...(code !== undefined && { code }) },
    });
    return { value, cookie: cookies[0] };
  };
  try {
    return await context.during('Signing in', send(body.code));
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'code_required') throw error;
    if (context.ask === null || context.json) {
      const remedy = 'Give the code of the authenticator: --code CODE';
      throw new SallyportError(error.code, error.message, { remedy, cause: error });
    }
    const code = await context.ask('Code of the second factor: ', { hidden: false });
    return context.during('Signing in', send(code.trim()));
  }
}

async function askName({ ask, json }: Context): Promise<string> {
  if (ask !== null && !json) return (await ask('User: ', { hidden: false })).trim();
  throw badInput('--user', undefined, {
    message: 'is missing, and there is no terminal to ask at',
    remedy: 'give the name of the user',
  });
}

function told(server: string, user: string, how: string): Result {
  return {
    json: { server, user },
    text: () => `Signed in at ${server} as ${user}, ${how}.\n`,
  };
}
