import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeImage } from '@sallyport/lab/image/names';
import { type Lab, upLab } from '@sallyport/lab/lab';
import type { NamespaceProcess } from '@sallyport/lab/namespace-handle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DISPLAY_COMMAND } from './support/display.ts';
import { A, B, until } from './support/world.ts';

/* The guide by the command line alone: networks, an image restricted to one, sessions, the address. */

const SALLYPORT = join(import.meta.dirname, '../bin/sallyport');
const BEYOND = '198.51.100.10';

let lab: Lab;
let up: NamespaceProcess;
let env: Record<string, string>;

beforeAll(async () => {
  lab = await upLab({ name: `e2e-cli-${process.pid}` });
  const { dataDir } = lab.layout;
  env = { XDG_CONFIG_HOME: join(dataDir, 'config') };
  const config = join(dataDir, 'agent.yaml');
  await writeFile(config, `echo: [http://${BEYOND}/]\n`);
  const args = ['up', '--state-dir', join(dataDir, 'up'), '--config', config];
  up = await lab.host.spawn(SALLYPORT, args, { role: 'up', env });
  const printed = (): Promise<string> => readFile(up.logFile, 'utf8');
  // It builds the page first, where nobody has.
  const isUp = async () => (await printed()).includes('Ctrl-C ends both');
  await until('it is up', isUp, 90_000);
  const password = /Password +(\S+)/.exec(await printed())?.[1] ?? '';
  await sallyport('login --user admin --password-file -', password);
});
afterAll(async () => {
  await up.stop(30_000);
  await lab.down();
});

const sallyport = (line: string, input = '') =>
  lab.host.tryExec(SALLYPORT, line.split(' '), { env, input });

interface Session {
  readonly id: string;
  readonly state: string;
  readonly network: string;
  readonly containerId: string;
  readonly verified: { readonly address: string; readonly ok: boolean } | null;
}

async function session(line: string, code = 0): Promise<Session> {
  const outcome = await sallyport(`${line} --json`);
  expect(outcome).toMatchObject({ code, stderr: '' });
  return JSON.parse(outcome.stdout) as Session;
}

/** By which address an own connection of the session's container is seen beyond the host. */
async function seenFrom({ containerId }: Session): Promise<string> {
  const ask = [
    'python3',
    '-ISc',
    `import urllib.request as u; print(u.urlopen("http://${BEYOND}/").read().decode())`,
  ];
  const { stdout } = await lab.docker(['exec', containerId, ...ask]);
  return stdout;
}

test('the guide: sessions of an image leave by the network that it is restricted to', async () => {
  const site = {
    networks: [
      { name: A.name, egress: { ipv4: A.address }, dns: [BEYOND] },
      { name: B.name, egress: { ipv4: B.address }, gateway: B.gateway, dns: [BEYOND] },
    ],
    images: [
      {
        name: 'Desk',
        dockerImage: probeImage,
        runConfig: { command: DISPLAY_COMMAND },
        restrictToNetwork: true,
        networks: [A.name],
      },
    ],
  };
  const applied = await sallyport('apply -f -', JSON.stringify(site));
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(applied.stdout).toContain('Done: 3 created.');

  const first = await session('session start Desk --wait');
  expect(first).toMatchObject({
    state: 'running',
    network: A.name,
    verified: { address: A.address, ok: true },
  });
  expect(await seenFrom(first)).toContain(A.address);

  expect((await sallyport(`image update Desk --restrict-to-network ${B.name}`)).code).toBe(0);
  const second = await session('session start Desk --wait');
  expect(second).toMatchObject({ network: B.name, verified: { address: B.address, ok: true } });
  expect(await seenFrom(second)).toContain(B.address);
  // The first stays where it was.
  expect(await session(`session verify ${first.id}`)).toMatchObject({
    verified: { address: A.address, ok: true },
  });
  const list = await sallyport('session list');
  expect(list.stdout).toMatch(new RegExp(`${first.id} .*running .*${A.address} \\(seen\\)`));
  expect(list.stdout).toMatch(new RegExp(`${second.id} .*running .*${B.address} \\(seen\\)`));
});

test('a session is paused, resumed, stopped, started, read and deleted', async () => {
  const { id } = await session('session start Desk --wait');
  expect(await session(`session pause ${id} --wait`)).toMatchObject({ state: 'paused' });
  expect((await sallyport(`session open ${id}`)).code).toBe(4);
  expect(await session(`session resume ${id} --wait`)).toMatchObject({ state: 'running' });
  expect((await sallyport(`session open ${id}`)).stdout).toMatch(new RegExp(`/sessions/${id}\n$`));
  expect((await sallyport(`session logs ${id}`)).code).toBe(0);
  await sallyport('group update Everybody --setting sharing=yes');
  const shared = await sallyport(`session share ${id} --minutes 5`);
  expect(shared.stdout).toMatch(/^http:\/\/127\.0\.0\.1:8080\/share\/\S+\n/);
  expect((await sallyport(`session unshare ${id}`)).stdout).toBe('Ended 1 link.\n');
  expect(await session(`session stop ${id} --wait`)).toMatchObject({ state: 'stopped' });
  expect(await session(`session resume ${id} --wait`)).toMatchObject({ state: 'running' });
  const inUse = await sallyport('image delete Desk');
  expect(inUse.code).toBe(4);
  expect(await session(`session delete ${id} --wait`)).toMatchObject({ state: 'deleted' });
  expect((await sallyport(`session show ${id}`)).code).toBe(4);
});

test('negative control: where nobody sees the address, no session is shown, and the code is 1', async () => {
  const running = await session('session start Desk --wait');
  await lab.host.removeAddress(B.uplink, `${B.address}/24`);
  expect((await session(`session verify ${running.id}`, 1)).verified).toMatchObject({ ok: false });
  const refused = await sallyport('session start Desk --wait');
  expect(refused.code).toBeGreaterThan(0);
  expect(refused.stdout + refused.stderr).toContain(B.name);
  await lab.host.addAddress(B.uplink, `${B.address}/24`);
});
