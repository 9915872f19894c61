import { type OpenIdProvider, startOpenIdProvider } from '@sallyport/lab/openid-provider';
import { onTestFinished, vi } from 'vitest';

/** A provider, as tests see it. */
export interface OpenId extends OpenIdProvider {
  /** Follows the provider's pages as a person with a browser does. @returns where it leads back to */
  readonly passThrough: (start: string, account: string) => Promise<URL>;
}

/** A real OpenID provider for one test. @param redirect where it may lead back to */
export async function startOpenId(redirect: string): Promise<OpenId> {
  // It tells developers what a provider for production would need.
  for (const level of ['info', 'warn'] as const) {
    const muted = vi.spyOn(console, level).mockImplementation(() => undefined);
    onTestFinished(() => muted.mockRestore());
  }
  const provider = await startOpenIdProvider(redirect);
  onTestFinished(provider.stop);
  return { ...provider, passThrough };
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
