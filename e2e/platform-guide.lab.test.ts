import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import { upLab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { colours, type DesktopTicket, difference, RfbViewer } from './support/rfb-viewer.ts';
import { type Person, ServerApi } from './support/server-api.ts';
import { A, B, until, World } from './support/world.ts';

/* The guide over HTTP: from signing in to the picture of a desktop whose browser leaves by the right address. */

const BEYOND = '198.51.100.10';
const PASSWORD = 'a long enough password';
/** A desktop with Chromium comes up slowly where others use the processors too. */
const START_MS = 120_000;

let world: World;
let server: ServerProcess;
let api: ServerApi;
let admin: Person;
let image: string;

beforeAll(async () => {
  const lab = await upLab({ name: `e2e-platform-${process.pid}` });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\n`);
  world = new World(lab, { args: ['--config', config] });
  await world.agent.start();
  image = await ensureDesktopImage(`unix://${lab.layout.dockerSocket}`, () => undefined);
  server = new ServerProcess(lab);
  await server.start();
  api = new ServerApi(server.url);
  admin = await api.signIn('admin', server.password);
}, 600_000);

afterAll(async () => {
  await server.stop();
  await world.down();
});

async function done(person: Person, line: string, body?: unknown) {
  const answer = await api.call(person, line, body);
  expect(answer, line).toMatchObject({ status: line.startsWith('POST') ? 201 : 200 });
  return answer.body;
}

async function sessionRuns(person: Person, imageId: string): Promise<string> {
  const { id } = (await done(person, 'POST /sessions', { imageId })) as { readonly id: string };
  let last: Record<string, unknown> = {};
  await until(
    `the session ${id} runs`,
    async () => {
      last = (await api.call(person, `GET /sessions/${id}`)).body;
      if (last['state'] === 'failed') throw new Error(String(last['reason']));
      return last['state'] === 'running';
    },
    START_MS,
  );
  return id;
}

const ticketOf = async (person: Person, id: string): Promise<DesktopTicket> =>
  (await done(person, `POST /sessions/${id}/ticket`)) as unknown as DesktopTicket;

async function view(ticket: DesktopTicket): Promise<RfbViewer> {
  const viewer = await RfbViewer.open(ticket, { url: server.url });
  if (viewer === undefined) throw new Error('the gateway did not open the desktop');
  return viewer;
}

/** By which addresses a page that nobody else knows was asked for. */
async function askedFrom(page: string): Promise<readonly string[]> {
  let sources: readonly string[] = [];
  await until(
    `the browser asks for ${page}`,
    async () => {
      const arrivals = await world.lab.wan.arrivals({ service: 'http', tag: page });
      sources = [...new Set(arrivals.map(({ source }) => source))];
      return sources.length > 0;
    },
    START_MS,
  );
  return sources;
}

let imageId: string;
let session: string;

test('the guide: a session of a restricted image shows its desktop, and its browser leaves by that network', async () => {
  await done(admin, 'POST /networks', { name: A.name, egress: A.egress });
  await done(admin, 'POST /networks', { name: B.name, egress: B.egress, gateway: B.gateway });
  const page = `/guide-${randomUUID()}`;
  const made = await done(admin, 'POST /images', {
    name: 'Browser',
    dockerImage: image,
    restrictToNetwork: true,
    networks: [A.name],
    environment: { START_URL: `http://${BEYOND}${page}` },
  });
  imageId = String(made['id']);
  session = await sessionRuns(admin, imageId);
  expect((await api.call(admin, `GET /sessions/${session}`)).body).toMatchObject({
    network: A.name,
    egress: [A.address],
    verified: { address: A.address, ok: true },
    networkState: 'Ready',
  });
  expect(await askedFrom(page)).toEqual([A.address]);

  const viewer = await view(await ticketOf(admin, session));
  await until('the desktop is drawn', async () => colours(await viewer.frame()) > 50, START_MS);
  viewer.close();
  const png = await api.bytes(admin, `/sessions/${session}/thumbnail`);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(2_000);
}, 300_000);

test('where each session is to have an address of its own, no two have the same, and a third has none', async () => {
  const pool = [A.address, '192.168.4.53'];
  const name = 'z_own';
  await done(admin, 'POST /networks', { name, egress: { ipv4: pool }, assign: 'per-container' });
  const page = `/own-${randomUUID()}`;
  const { id } = await done(admin, 'POST /images', {
    name: 'Own address',
    dockerImage: image,
    restrictToNetwork: true,
    networks: [name],
    egressMode: 'own',
    environment: { START_URL: `http://${BEYOND}${page}` },
  });
  const runs = [await sessionRuns(admin, String(id)), await sessionRuns(admin, String(id))];
  const views = await Promise.all(
    runs.map(async (one) => (await api.call(admin, `GET /sessions/${one}`)).body),
  );
  expect(new Set(views.map(({ egress }) => String(egress)))).toEqual(new Set(pool));
  for (const { egress, verified } of views)
    expect(verified).toMatchObject({ ok: true, address: String(egress) });
  await until(
    'both browsers have asked',
    async () => (await askedFrom(page)).length === 2,
    START_MS,
  );
  await expect(sessionRuns(admin, String(id))).rejects.toThrow('all of its network are leased');
  const { items } = await done(admin, `GET /sessions?image=${String(id)}`);
  for (const one of items as readonly { readonly id: string }[])
    await done(admin, `DELETE /sessions/${one.id}`);
}, 300_000);

test('after the image is restricted to the other network, the next session leaves by that one', async () => {
  const page = `/guide-${randomUUID()}`;
  await done(admin, `PATCH /images/${imageId}`, {
    networks: [B.name],
    environment: { START_URL: `http://${BEYOND}${page}` },
  });
  const next = await sessionRuns(admin, imageId);
  expect(await askedFrom(page)).toEqual([B.address]);
  const viewer = await view(await ticketOf(admin, next));
  const closed = viewer.closed;
  await done(admin, `DELETE /sessions/${next}`);
  expect(await closed).toBe(4001);
  await until('its container is gone', async () => {
    const { stdout } = await world.lab.docker([
      'ps',
      '--all',
      '--no-trunc',
      '--format',
      '{{.Names}}',
    ]);
    return !stdout.includes(next);
  });
}, 300_000);

test('a ticket opens one desktop once, and not from another page', async () => {
  const { url } = server;
  const used = await ticketOf(admin, session);
  const viewer = await view(used);
  expect(await RfbViewer.open(used, { url })).toBeUndefined();
  viewer.close();
  const foreign = await ticketOf(admin, session);
  expect(await RfbViewer.open(foreign, { url, origin: 'http://evil.example' })).toBeUndefined();
  const other = {
    ...(await ticketOf(admin, session)),
    path: `/api/v1/sessions/${randomUUID()}/display`,
  };
  expect(await RfbViewer.open(other, { url })).toBeUndefined();
});

/** Where the desktop shows its background: a click of the right button opens a menu there. */
async function menuBy(viewer: RfbViewer): Promise<number> {
  const before = await viewer.frame();
  await viewer.click(3, Math.round(viewer.width / 2), Math.round(viewer.height / 2));
  await sleep(1_000);
  return difference(before, await viewer.frame());
}

test('a link to look on changes no pixel; the same clicks by a link with control do', async () => {
  const body = { name: 'sharers', priority: 1, settings: { sharing: true } };
  await done(admin, 'POST /groups', body);
  const shared = async (mode: string): Promise<RfbViewer> => {
    const { url } = await done(admin, `POST /sessions/${session}/shares`, { mode });
    const token = String(url).slice('/share/'.length);
    const opened = await api.call(null, 'POST /shares/open', { token });
    expect(opened).toMatchObject({ status: 200, body: { mode } });
    return view(opened.body as unknown as DesktopTicket);
  };
  const looking = await shared('view');
  const unchanged = await menuBy(looking);
  const acting = await shared('control');
  const changed = await menuBy(acting);
  looking.close();
  acting.close();
  // A clock in the panel may tick meanwhile: some hundred pixels, where a menu has thousands.
  expect(changed).toBeGreaterThan(5_000);
  expect(unchanged).toBeLessThan(1_000);
}, 120_000);

test('others see nothing of it', async () => {
  await done(admin, 'POST /users', { name: 'mallory', password: PASSWORD });
  const mallory = await api.signIn('mallory', PASSWORD);
  for (const line of [
    `GET /sessions/${session}`,
    `POST /sessions/${session}/ticket`,
    `POST /sessions/${session}/stop`,
    `DELETE /sessions/${session}`,
    `GET /sessions/${session}/logs`,
    `GET /sessions/${session}/shares`,
  ]) {
    expect(await api.call(mallory, line), line).toMatchObject({
      body: { code: 'session_not_found' },
    });
  }
  for (const line of [
    `GET /images/${imageId}`,
    'GET /networks',
    'GET /audit',
    'GET /sessions?all=true',
  ]) {
    expect(await api.call(mallory, line), line).toMatchObject({ status: 403 });
  }
  expect((await api.call(mallory, 'GET /sessions')).body).toMatchObject({ items: [] });
});

test('a server that is killed loses nothing: what runs goes on, and what is asked next is done', async () => {
  await server.kill();
  await server.start();
  expect((await api.call(admin, `GET /sessions/${session}`)).body).toMatchObject({
    state: 'running',
  });
  await done(admin, `DELETE /sessions/${session}`);
  await until('no container is left', async () => {
    return (await world.agent.call('listSessions', {})).length === 0;
  });
});
