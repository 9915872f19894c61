import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { onTestFinished, vi } from 'vitest';

/** A provider, as tests see it. */
export interface OpenId {
  readonly issuer: URL;
  /** By account id; tests change what is said of people. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** Follows the provider's pages as a person with a browser does. @returns where it leads back to */
  readonly passThrough: (start: string, account: string) => Promise<URL>;
  readonly stop: () => Promise<void>;
}

export const OPENID_CLIENT = {
  id: 'sallyport',
  secret: 'a secret that only the two know',
} as const;

/** A real OpenID provider on this machine, with one client. @param redirect where it may lead back to */
export async function startOpenId(redirect: string): Promise<OpenId> {
  // It tells developers what a provider for production would need.
  for (const level of ['info', 'warn'] as const) {
    const muted = vi.spyOn(console, level).mockImplementation(() => undefined);
    onTestFinished(() => muted.mockRestore());
  }
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const { server, port } = await reserve();
  const issuer = new URL(`http://127.0.0.1:${port}`);
  const provider = new Provider(issuer.origin, {
    clients: [
      {
        client_id: OPENID_CLIENT.id,
        client_secret: OPENID_CLIENT.secret,
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    cookies: { keys: ['tests alone'] },
    findAccount: async (_context, id) =>
      people.has(id)
        ? { accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) }
        : undefined,
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await stop();
  });
  return { issuer, people, passThrough, stop };
}

async function reserve(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** The provider's own forms: signing in, then agreeing. */
async function passThrough(start: string, account: string): Promise<URL> {
  const jar = new Map<string, string>();
  const { origin } = new URL(start);
  let url = start;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 12; step++) {
    const response: Response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== null && { body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, url);
      if (next.origin !== origin) return next;
      url = next.href;
      form = null;
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (action === undefined || prompt === undefined)
      throw new Error(`the provider shows: ${page}`);
    url = new URL(action, url).href;
    form = new URLSearchParams({ prompt, login: account, password: 'any' });
  }
  throw new Error('the provider leads nowhere');
}
