import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { DockerEvent } from '../../src/ports/docker.ts';
import { containerName } from '../../src/sessions/labels.ts';
import { SessionWatch } from '../../src/sessions/session-watch.ts';
import { EventQueue } from '../fakes/event-queue.ts';
import { ID, sessionBench, sessionWish } from './bench.ts';

let bench: ReturnType<typeof sessionBench>;
let events: EventQueue<DockerEvent>;
let told: RecordedEvent[];
let ended: string[];
let watch: SessionWatch;

beforeEach(() => {
  bench = sessionBench();
  events = new EventQueue();
  told = [];
  ended = [];
  watch = new SessionWatch({
    containers: bench.containers,
    docker: { events: (signal) => events.follow(signal) },
    record: async (event) => void told.push(event),
    onEnded: (containerId) => ended.push(containerId),
    // Ends the watch, and so the test.
    onFailure: (error) => {
      throw error;
    },
  });
});

afterEach(() => watch.stop());

const kinds = () => told.map(({ kind }) => kind);
const happens = (action: string, name = containerName(ID)) =>
  events.put({ type: 'container', action, name });

describe('looks', () => {
  test('what is there at the first one is no news', async () => {
    await bench.service.create(sessionWish());
    await watch.look();
    expect(told).toEqual([]);
  });

  test('tell the whole life of a session, once each', async () => {
    await watch.look();
    const { service } = bench;
    const steps = [
      () => service.create(sessionWish()),
      () => service.pause(ID),
      () => service.resume(ID),
      () => service.stop(ID),
      () => service.start(ID),
      () => service.pause(ID),
      () => service.delete(ID, 'keep'),
    ];
    for (const step of steps) {
      await step();
      await watch.look();
      await watch.look();
    }
    expect(kinds()).toEqual([
      'session.started',
      'session.paused',
      'session.resumed',
      'session.ended',
      'session.started',
      'session.paused',
      'session.deleted',
    ]);
    expect(told[0]).toMatchObject({ network: 'z_custom_a', session: ID, actor: null });
    expect(ended).toEqual([`container-of-${ID}`, `container-of-${ID}`]);
  });

  test('tell how it ended', async () => {
    await bench.service.create(sessionWish());
    await watch.look();
    bench.containers.end(ID, { exitCode: 137, outOfMemory: true });
    await watch.look();
    expect(told.map(({ message }) => message)).toEqual([
      `session ${ID}: it ended with exit code 137 (killed; out of memory)`,
    ]);
  });

  test('tell both where it ended and was started anew in between', async () => {
    await bench.service.create(sessionWish());
    await watch.look();
    await bench.service.stop(ID);
    await bench.service.start(ID);
    await watch.look();
    expect(kinds()).toEqual(['session.ended', 'session.started']);
    expect(ended).toEqual([`container-of-${ID}`]);
  });
});

describe('events of Docker', () => {
  test('are reasons to look', async () => {
    await bench.service.create(sessionWish());
    watch.start();
    await expect.poll(() => events.followed).toBe(1);
    bench.containers.end(ID, { exitCode: 1 });
    happens('die');
    await expect.poll(kinds).toEqual(['session.ended']);
  });

  test('of other containers and other kinds are not', async () => {
    await bench.service.create(sessionWish());
    watch.start();
    await expect.poll(() => events.followed).toBe(1);
    bench.containers.end(ID, { exitCode: 1 });
    happens('exec_create: sh');
    happens('die', 'desk');
    events.put({ type: 'network', action: 'disconnect', name: containerName(ID) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
  });

  test('go on after Docker was away', async () => {
    bench.containers.down = true;
    watch.start();
    await expect.poll(() => events.followed).toBe(1);
    bench.containers.down = false;
    await watch.look();
    await bench.service.create(sessionWish());
    happens('start');
    await expect.poll(kinds).toEqual(['session.started']);
  });
});
