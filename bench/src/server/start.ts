import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { ensureDesktopImage } from '@sallyport/images/desktop-image';
import type { Lab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import { RAW_ONLY, readUpdate, requestUpdate } from '../display/rfb.ts';
import { viewByWebSocket } from '../display/viewer.ts';
import { progress, startAgent, withLab } from '../egress/bench-lab.ts';
import { type Figure, median, plainFigure } from '../figures.ts';
import { type Api, openApi } from './api.ts';
import { type LiveEvents, openLiveEvents } from './live-events.ts';

/** Who answers in the machine beyond: names, and by which address one is seen. */
const BEYOND = '198.51.100.10';
const NETWORK = 'z_custom_a';
const RAW = { network: 'raw', subnet: '172.31.200.0/24', address: '172.31.200.10', port: '5901' };
const MOST = { factor: 1.15, plusMs: 300 };
const START_MS = 60_000;
/** Browsers that end, and others that begin, keep both processors busy for a while. */
const SETTLE_MS = 4_000;

/** What the server says of a session while it waits for these. */
const PHASES = ['waiting for the display', 'checking the address'];

/** Milliseconds from asking for a session on. */
interface Start {
  /** The container runs. */
  readonly made: number;
  /** The display greets. */
  readonly display: number;
  /** The address is verified: it is shown. */
  readonly running: number;
  /** The last byte of the first picture. */
  readonly frame: number;
}

/** Milliseconds of every round, in their order. */
export interface StartTimes {
  readonly sallyport: readonly number[];
  readonly raw: readonly number[];
}

interface Found {
  readonly figures: readonly Figure[];
  readonly starts: StartTimes;
}

/** A session to its first picture through Sallyport, and `docker run` to the display's greeting, by turns. */
export async function measureStart(rounds: number): Promise<Found> {
  return withLab('start', async (lab) => {
    const config = join(lab.layout.runDir, 'agent.yaml');
    await writeFile(config, `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\n`);
    const agent = await startAgent(lab, { args: ['--config', config] });
    const image = await ensureDesktopImage(`unix://${lab.dockerSocket}`, progress);
    const server = new ServerProcess(lab);
    await server.start();
    const api = await openApi(server.url, server.password);
    const live = await openLiveEvents(server.url, api.cookie);
    try {
      const imageId = await prepare(lab, api, image);
      const starts: Start[] = [];
      const raw: number[] = [];
      // One of each does not count: programs are read from the disk, and compiled.
      for (let round = -1; round < rounds; round += 1) {
        progress(round < 0 ? 'warming up …' : `round ${round + 1} of ${rounds} …`);
        /* oxlint-disable no-await-in-loop -- by turns */
        const ours = await startSession({ api, live, url: server.url }, imageId);
        const theirs = await startRaw(lab, image);
        /* oxlint-enable no-await-in-loop */
        if (round < 0) continue;
        starts.push(ours);
        raw.push(theirs);
      }
      return summarize(starts, raw);
    } finally {
      live.close();
      api.close();
      await server.stop();
      await agent.stop();
    }
  });
}

/** @returns the id of an image that is restricted to an egress network */
async function prepare(lab: Lab, api: Api, dockerImage: string): Promise<string> {
  await lab.docker(['network', 'create', '--subnet', RAW.subnet, RAW.network]);
  await api.send('POST', '/api/v1/networks', {
    name: NETWORK,
    egress: { ipv4: ['192.168.4.153'] },
  });
  const restricted = { restrictToNetwork: true, networks: [NETWORK] };
  const image = { name: 'Desktop', dockerImage, ...restricted };
  return (await api.send<{ readonly id: string }>('POST', '/api/v1/images', image)).id;
}

interface Place {
  readonly api: Api;
  readonly live: LiveEvents;
  readonly url: string;
}

/** As the page does it: asks, listens, fetches a ticket, looks. The session is deleted afterwards. */
async function startSession({ api, live, url }: Place, imageId: string): Promise<Start> {
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  let session = await api.send<SessionView>('POST', '/api/v1/sessions', { imageId });
  const { id } = session;
  let [made, display] = [Number.NaN, Number.NaN];
  /* oxlint-disable no-await-in-loop -- one change after the other */
  while (session.state !== 'running') {
    if (session.state === 'failed' || passed() > START_MS) {
      throw new Error(`the session is ${session.state}: ${session.phase} ${session.reason}`);
    }
    await live.next(id, START_MS - passed());
    session = await api.get(`/api/v1/sessions/${id}`);
    // Several changes may be told at once: a step that was over already took no time.
    const phase = session.state === 'running' ? 2 : PHASES.indexOf(session.phase);
    if (Number.isNaN(made) && phase >= 0) made = passed();
    if (Number.isNaN(display) && phase >= 1) display = passed();
  }
  const running = passed();
  const { ticket, path, protocol } = await api.send<{
    readonly ticket: string;
    readonly path: string;
    readonly protocol: string;
  }>('POST', `/api/v1/sessions/${id}/ticket`);
  const address = `${url.replace(/^http/, 'ws')}${path}`;
  const viewer = await viewByWebSocket(address, [protocol, `sallyport.ticket.${ticket}`], url);
  viewer.send(RAW_ONLY);
  viewer.send(requestUpdate(viewer.size, false));
  await readUpdate(viewer);
  const frame = passed();
  viewer.close();
  await api.send('DELETE', `/api/v1/sessions/${id}?profile=delete`);
  const end = performance.now() + START_MS;
  for (let left = 1; left > 0 && performance.now() < end; ) {
    await live.next(id, 1_000);
    left = (await api.get<{ readonly items: readonly unknown[] }>('/api/v1/sessions')).items.length;
  }
  /* oxlint-enable no-await-in-loop */
  await sleep(SETTLE_MS);
  return { made, display, running, frame };
}

/** Milliseconds from `docker run` to the greeting of the display of the same image. */
async function startRaw(lab: Lab, image: string): Promise<number> {
  const name = 'raw';
  const place = ['--network', RAW.network, '--ip', RAW.address];
  const environment = ['--env', 'SALLYPORT_DISPLAY_PASSWORD=bench123'];
  const run = ['run', '--detach', '--name', name, ...place, ...environment, image];
  const program = join(import.meta.dirname, 'raw-program.ts');
  const { stdout } = await lab.host.exec(
    process.execPath,
    [program, RAW.address, RAW.port, ...run],
    { timeoutMs: START_MS },
  );
  await lab.docker(['rm', '--force', '--volumes', name], { timeoutMs: START_MS });
  await sleep(SETTLE_MS);
  const ms = Number(stdout.trim());
  if (!(ms > 0)) throw new Error(`docker run measured nothing: ${stdout}`);
  return ms;
}

function summarize(starts: readonly Start[], raw: readonly number[]): Found {
  const theirs = median(raw);
  const ours = median(starts.map(({ frame }) => frame));
  const limit = theirs * MOST.factor + MOST.plusMs;
  const part = (name: string, values: readonly number[]): Figure =>
    plainFigure(`of it ${name}`, `${Math.round(median(values))} ms`);
  return {
    figures: [
      plainFigure(
        `docker run to the display's greeting, median of ${raw.length}`,
        `${Math.round(theirs)} ms`,
      ),
      {
        name: `asking for a session to its first picture through Sallyport, median of ${raw.length}`,
        measured: `${Math.round(ours)} ms`,
        target: `at most ${MOST.factor} × + ${MOST.plusMs} ms: ${Math.round(limit)} ms`,
        reached: ours <= limit,
      },
      part(
        'until the container runs',
        starts.map(({ made }) => made),
      ),
      part(
        'from there until the display greets',
        starts.map(({ made, display }) => display - made),
      ),
      part(
        'from there until the address is verified',
        starts.map(({ display, running }) => running - display),
      ),
      part(
        'from there to the first picture',
        starts.map(({ running, frame }) => frame - running),
      ),
    ],
    starts: { sallyport: starts.map(({ frame }) => frame), raw },
  };
}
