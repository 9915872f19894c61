import type { Page } from 'playwright-core';

const IMAGES = [
  { name: 'Chromium', description: 'A browser on a desktop of its own', networks: ['z_custom_a'] },
  { name: 'Terminal', description: 'A shell with the usual tools', networks: ['z_custom_b'] },
  {
    name: 'Desktop',
    description: 'Everything that a day needs',
    networks: ['z_office', 'z_custom_b'],
  },
];

const NETWORKS = [
  { name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } },
  { name: 'z_custom_b', egress: { ipv4: ['192.168.56.103'] }, gateway: '192.168.56.1' },
  { name: 'z_office', egress: { ipv4: ['192.168.4.53'] } },
];

/** Asks the server for something new in the name of whoever is signed in on the page. @throws what it refused */
export async function ask<T>(page: Page, path: string, data: object): Promise<T> {
  return send<T>(page, { path, method: 'POST', data });
}

/** Changes something, whatever its version is. @throws what the server refused */
export async function change(page: Page, path: string, data: object): Promise<void> {
  await send(page, { path, method: 'PATCH', data });
}

interface Request {
  readonly path: string;
  readonly method: 'POST' | 'PATCH';
  readonly data: object;
}

async function send<T>(page: Page, { path, method, data }: Request): Promise<T> {
  const me = await page.request.get('/api/v1/me');
  const { csrfToken } = (await me.json()) as { readonly csrfToken: string };
  const origin = new URL(page.url()).origin;
  const headers = {
    'sallyport-csrf': csrfToken,
    origin,
    ...(method === 'PATCH' && { 'if-match': '*' }),
  };
  const answer = await page.request.fetch(path, { method, data, headers });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Networks, images and a user, made through the API. */
export async function seed(page: Page): Promise<void> {
  for (const network of NETWORKS) await ask(page, '/api/v1/networks', network);
  for (const { networks, ...image } of IMAGES) {
    const way = { networks, restrictToNetwork: true, allowNetworkSelection: networks.length > 1 };
    await ask(page, '/api/v1/images', { ...image, ...way, dockerImage: 'sallyport/desktop:1' });
  }
  const password = 'correct horse battery';
  await ask(page, '/api/v1/users', { name: 'berta', displayName: 'Berta Vogel', password });
}
