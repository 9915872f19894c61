import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What is known of somebody, as claims. */
type Claims = Readonly<Record<string, unknown>>;

/** A provider that runs. */
export interface OpenIdProvider {
  readonly issuer: URL;
  /** By account id. Whoever is in it may sign in, with any password. */
  readonly people: Map<string, Claims>;
  readonly stop: () => Promise<void>;
}

export const OPENID_CLIENT = {
  id: 'sallyport',
  secret: 'a secret that only the two know',
} as const;

/** A real OpenID provider on this machine's loopback, with one client. @param redirect where it leads back to */
export async function startOpenIdProvider(redirect: string): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = new URL(`http://127.0.0.1:${port}`);
  const people = new Map<string, Claims>();
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
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { issuer, people, stop };
}
