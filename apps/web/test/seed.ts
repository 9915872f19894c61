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

/** Networks, images and a user, made through the API in the name of whoever is signed in on the page. */
export async function seed(page: Page): Promise<void> {
  const me = await page.request.get('/api/v1/me');
  const { csrfToken } = (await me.json()) as { readonly csrfToken: string };
  const make = async (path: string, data: object): Promise<void> => {
    const origin = new URL(page.url()).origin;
    const headers = { 'sallyport-csrf': csrfToken, origin };
    const answer = await page.request.post(path, { data, headers });
    if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  };
  for (const network of NETWORKS) await make('/api/v1/networks', network);
  for (const { networks, ...image } of IMAGES) {
    const way = { networks, restrictToNetwork: true, allowNetworkSelection: networks.length > 1 };
    await make('/api/v1/images', { ...image, ...way, dockerImage: 'sallyport/desktop:1' });
  }
  const password = 'correct horse battery';
  await make('/api/v1/users', { name: 'berta', displayName: 'Berta Vogel', password });
}
