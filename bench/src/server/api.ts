import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Somebody who is signed in at a server. */
export interface Api {
  /** @throws Error where it is not answered with 2xx */
  readonly get: <T>(path: string) => Promise<T>;
  readonly send: <T>(method: 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>;
  /** Milliseconds from asking to the last byte of the answer, and the answer. */
  readonly timed: (path: string) => Promise<{ readonly ms: number; readonly answer: unknown }>;
  /** Of the one who is signed in, for what is not asked by this. */
  readonly cookie: string;
  readonly close: () => void;
}

interface Raw {
  readonly status: number;
  readonly cookie: string;
  readonly body: string;
}

/** Signs in as `admin`, and keeps one connection open, as a browser does. */
export async function openApi(url: string, password: string): Promise<Api> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let headers: Readonly<Record<string, string>> = { origin: url };
  const ask = (method: string, path: string, body?: unknown): Promise<Raw> => {
    const { promise, resolve, reject } = Promise.withResolvers<Raw>();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { agent, method, headers: { ...headers, ...type } });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const [cookie = ''] = response.headers['set-cookie'] ?? [];
      const status = response.statusCode ?? 0;
      text(response).then(
        (whole) => resolve({ status, cookie: cookie.split(';', 1)[0] ?? '', body: whole }),
        reject,
      );
    });
    sent.end(payload);
    return promise;
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, body: answer } = await ask(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${answer}`);
    return JSON.parse(answer) as T;
  };
  const signIn = await ask('POST', '/api/v1/sign-in', { name: 'admin', password });
  const { csrfToken = '' } = JSON.parse(signIn.body) as { readonly csrfToken?: string };
  if (csrfToken === '') throw new Error(`can not sign in: ${signIn.body}`);
  headers = { ...headers, cookie: signIn.cookie, 'sallyport-csrf': csrfToken };
  return {
    get: (path) => call('GET', path),
    send: call,
    timed: async (path) => {
      const began = performance.now();
      const { status, body } = await ask('GET', path);
      const ms = performance.now() - began;
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
      return { ms, answer: JSON.parse(body) };
    },
    cookie: signIn.cookie,
    close: () => agent.destroy(),
  };
}
