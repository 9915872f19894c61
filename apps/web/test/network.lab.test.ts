import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from '@sallyport/lab/agent-process';
import { type Lab, upLab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers, openPerson, overflow, signIn, wideLists } from './person.ts';
import { ask } from './seed.ts';
import { openBrowser } from './stage.ts';

/* What the pages tell of networks whose containers do things: leases, other ways out, what was stopped. */

const BEYOND = '198.51.100.10';
const OWN = { name: 'z_own', pool: ['192.168.4.53', '192.168.4.153'] } as const;
const LONE = { name: 'z_lone', address: '192.168.56.103', gateway: '192.168.56.1' } as const;
const WIDTHS = [390, 1440];

let lab: Lab;
let agent: AgentProcess;
let server: ServerProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  lab = await upLab({ name: `web-network-${process.pid}` });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\n`);
  agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start();
  server = new ServerProcess(lab);
  await server.start();
  ({ page } = await openPerson({ browser, url: server.url }));
  await signIn(page, server.password);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 600_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
  await agent.stop();
  await lab.down();
});

const list = (name: string) => page.getByRole('region', { name });

/** No barrier, and nothing beside the window, on a phone as on a desk. */
async function expectOpenToAll(): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await wideLists(page)).toEqual([]);
  }
}

test('a network tells which container has which address, and since when', async () => {
  await ask(page, '/api/v1/networks', {
    name: OWN.name,
    egress: { ipv4: OWN.pool },
    assign: 'per-container',
  });
  await page.goto('/admin/egress');
  await page.getByRole('link', { name: OWN.name }).click();
  await page.getByText('No container has an address of its own now.').waitFor();
  await lab.runContainer({ name: 'worker', network: OWN.name, dns: [BEYOND] });
  const row = list('Who has which address').getByRole('row').filter({ hasText: 'worker' });
  await row.waitFor({ timeout: 20_000 });
  const text = (await row.textContent()) ?? '';
  expect(OWN.pool.filter((address) => text.includes(address))).toHaveLength(1);
  expect(text).toContain('in use');
  await expectOpenToAll();
}, 120_000);

test('a container with another way out is listed with the remedy, until it is followed', async () => {
  await page.goto('/admin/egress');
  await page.getByText('every container on an egress network leaves by it alone').waitFor();
  await lab.docker(['network', 'create', 'aside']);
  await lab.docker(['network', 'connect', 'aside', 'worker']);
  const remedy = 'docker network disconnect aside worker';
  const row = list('Containers with another way out').getByRole('row').filter({ hasText: remedy });
  await row.waitFor({ timeout: 20_000 });
  expect(await row.textContent()).toContain('another network');
  await expectOpenToAll();
  await row.getByRole('link', { name: OWN.name }).click();
  await page.getByRole('heading', { name: OWN.name, level: 1 }).waitFor();
  await row.waitFor();
  await lab.docker(remedy.split(' ').slice(1));
  await row.waitFor({ state: 'detached', timeout: 20_000 });
}, 120_000);

test('what was stopped is counted; what leaves as it should is not', async () => {
  const { name, address, gateway } = LONE;
  await ask(page, '/api/v1/networks', { name, egress: { ipv4: [address] }, gateway });
  const lone = await lab.runContainer({ name: 'lone', network: name, dns: [BEYOND] });
  const attempt = (target: string) => lone.traffic('udp', ['--target', target, '--timeout', '1']);
  const { stdout } = await lab.docker([
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    'worker',
  ]);
  const figure = page.getByRole('region', { name: 'Attempts to leave by another way' });
  const count = async (): Promise<number> => {
    await page.reload();
    const text = await figure.getByRole('paragraph').first().textContent();
    return Number((text ?? '').replaceAll(/\D/g, ''));
  };
  await page.goto('/admin/egress');
  const before = await count();
  expect((await attempt(BEYOND)).ok).toBe(true);
  expect(await count()).toBe(before);
  // Past the egress address, over the host, to a container of another network.
  expect((await attempt(stdout.trim())).ok).toBe(false);
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(before);
  expect(await figure.textContent()).toContain('by another bridge or interface');
  await page.getByRole('link', { name, exact: true }).first().click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  expect(await page.getByRole('region', { name: 'State' }).textContent()).toContain(address);
  await figure.waitFor();
}, 120_000);
