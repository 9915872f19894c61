/** Somebody who has signed in at the server, as a page does. */
export interface Person {
  readonly cookie: string;
  readonly csrf: string;
}

/** What the server has said. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The server's API as a page uses it. */
export class ServerApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** @throws Error where the server does not let them in */
  async signIn(name: string, password: string): Promise<Person> {
    const response = await this.#fetch('POST', '/sign-in', { body: { name, password } });
    const { csrfToken } = (await response.json()) as { readonly csrfToken?: string };
    const [cookie = ''] = response.headers.getSetCookie();
    if (csrfToken === undefined) throw new Error(`${name} can not sign in: ${response.status}`);
    return { cookie: cookie.split(';', 1)[0] ?? '', csrf: csrfToken };
  }

  /** @param line method and path below /api/v1 */
  async call(person: Person | null, line: string, body?: unknown): Promise<Answer> {
    const [method = '', path = ''] = line.split(' ');
    const response = await this.#fetch(method, path, { person, body });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  async bytes(person: Person, path: string): Promise<Buffer> {
    const response = await this.#fetch('GET', path, { person });
    if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  #fetch(
    method: string,
    path: string,
    { person = null, body }: { readonly person?: Person | null; readonly body?: unknown },
  ): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'if-match': '*',
        ...(person !== null && { cookie: person.cookie, 'sallyport-csrf': person.csrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
