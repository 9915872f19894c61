import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { probeImage } from '@sallyport/lab/image/names';
import { upLab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DISPLAY_COMMAND } from './support/display.ts';
import { type Person, ServerApi } from './support/server-api.ts';
import { A, until, World } from './support/world.ts';

/*
 * Server and agent killed by the kernel while a session starts, pauses, stops and ends, at moments that are spread
 * over what each takes. Every point by its name, on fakes: apps/server/src/sessions/crashes.test.ts.
 */

const BEYOND = '198.51.100.10';
/** Milliseconds after the request, from before anything was done to after everything was. */
const MOMENTS = [0, 40, 100, 180, 280, 400, 600, 900];
const REST_MS = 40_000;

let world: World;
let server: ServerProcess;
let api: ServerApi;
let admin: Person;
let imageId: string;

beforeAll(async () => {
  const lab = await upLab({ name: `e2e-killed-${process.pid}`, capture: false });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\n`);
  world = new World(lab, { args: ['--config', config] });
  await world.agent.start();
  server = new ServerProcess(lab);
  await server.start();
  api = new ServerApi(server.url);
  admin = await api.signIn('admin', server.password);
  await api.call(admin, 'POST /networks', { name: A.name, egress: A.egress });
  const made = await api.call(admin, 'POST /images', {
    name: 'Desk',
    dockerImage: `${probeImage}:latest`,
    runConfig: { command: DISPLAY_COMMAND },
    restrictToNetwork: true,
    networks: [A.name],
  });
  imageId = String(made.body['id']);
});

afterAll(async () => {
  await server.stop();
  await world.down();
});

interface Found {
  readonly id: string;
  readonly state: string;
}

async function sessions(): Promise<readonly Found[]> {
  const { body } = await api.call(admin, 'GET /sessions');
  return body['items'] as readonly Found[];
}

/** Ids of the containers of sessions, by Docker itself. */
async function containers(): Promise<readonly string[]> {
  const format = '{{.Label "io.sallyport.session-id"}}';
  const filter = ['--filter', 'label=io.sallyport.session-id'];
  const { stdout } = await world.lab.docker(['ps', '--all', ...filter, '--format', format]);
  return stdout.split('\n').filter((line) => line !== '');
}

const VICTIMS = {
  server: async () => {
    await server.kill();
    await server.start();
  },
  agent: async () => {
    world.agent.signal('SIGKILL');
    await until('the agent is dead', () => !world.agent.alive);
    await world.agent.start();
  },
} as const;

test.each(
  (['server', 'agent'] as const).flatMap((victim) =>
    MOMENTS.map((moment) => [victim, moment] as const),
  ),
)(
  'the %s is killed %i ms into the start and the end of a session',
  async (victim, moment) => {
    // Whose server dies gets no answer, and asks again where nothing was written down.
    const asked = api.call(admin, 'POST /sessions', { imageId }).catch(() => undefined);
    await sleep(moment);
    await VICTIMS[victim]();
    await asked;
    let found = await sessions();
    if (found.length === 0) {
      await api.call(admin, 'POST /sessions', { imageId });
      found = await sessions();
    }
    expect(found).toHaveLength(1);
    const id = found[0]?.id ?? '';
    const rest = async (): Promise<boolean> => (await sessions())[0]?.state === 'running';
    await until('it runs', rest, REST_MS);
    expect(await containers()).toEqual([id]);

    const ending = api.call(admin, `DELETE /sessions/${id}`).catch(() => undefined);
    await sleep(moment);
    await VICTIMS[victim]();
    await ending;
    if ((await sessions())[0]?.state === 'running') await api.call(admin, `DELETE /sessions/${id}`);
    await until('it is gone', async () => (await sessions()).length === 0, REST_MS);
    expect(await containers()).toEqual([]);
  },
  120_000,
);

/** What people do with a session that is there, and how it stands afterwards. */
const ACTS = [
  { act: 'pause', leadsTo: 'paused' },
  { act: 'resume', leadsTo: 'running' },
  { act: 'stop', leadsTo: 'stopped' },
  { act: 'start', leadsTo: 'running' },
] as const;

test.each(
  (['server', 'agent'] as const).flatMap((victim) =>
    [0, 60].map((moment) => [victim, moment] as const),
  ),
)(
  'the %s is killed %i ms into a pause, a stop and what follows on them',
  async (victim, moment) => {
    const { body } = await api.call(admin, 'POST /sessions', { imageId });
    const id = String(body['id']);
    const stands = async (): Promise<string> => (await sessions())[0]?.state ?? 'not at all';
    await until('it runs', async () => (await stands()) === 'running', REST_MS);
    for (const { act, leadsTo } of ACTS) {
      const ask = () => api.call(admin, `POST /sessions/${id}/${act}`);
      const before = await stands();
      const asked = ask().catch(() => undefined);
      await sleep(moment);
      await VICTIMS[victim]();
      await asked;
      // Nothing was written down: it is asked again.
      if ((await stands()) === before) await ask();
      await until(`it is ${leadsTo}`, async () => (await stands()) === leadsTo, REST_MS);
      expect(await containers()).toEqual([id]);
    }
    await api.call(admin, `DELETE /sessions/${id}`);
    await until('it is gone', async () => (await sessions()).length === 0, REST_MS);
    expect(await containers()).toEqual([]);
  },
  120_000,
);

test('a server that does not know the owner of a container tells of it, and leaves it as it is', async () => {
  const { body } = await api.call(admin, 'POST /sessions', { imageId });
  const id = String(body['id']);
  await until('it runs', async () => (await sessions())[0]?.state === 'running', REST_MS);
  const other = new ServerProcess(world.lab, 'other');
  await server.stop();
  await other.start();
  const there = new ServerApi(other.url);
  const stranger = await there.signIn('admin', other.password);
  await until('it is found', async () => {
    const found = await there.call(stranger, 'GET /sessions?all=true');
    const items = found.body['items'] as readonly Found[];
    return items.some((one) => one.id === id && one.state === 'quarantined');
  });
  expect(await containers()).toEqual([id]);
  await other.stop();
  await server.start();
  expect(await sessions()).toMatchObject([{ id, state: 'running' }]);
});
