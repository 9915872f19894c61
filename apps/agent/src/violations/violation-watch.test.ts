import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { A } from '../../test/reconcile/changes.ts';
import { startFakeAgent } from '../../test/fake-agent.ts';
import { stopTime } from '../../test/fake-sleep.ts';
import { createGuideHost } from '../../test/fakes/fake-host.ts';
import type { Violation } from '@sallyport/contract/violations';
import { FakeKept } from '../../test/fakes/fake-kept.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ContainerRoute } from '../ports/containers.ts';
import { ViolationWatch } from './violation-watch.ts';

vi.mock('node:timers/promises', async () => (await import('../../test/fake-sleep.ts')).fakeSleep());
beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

const ROUTER: ContainerRoute = {
  device: 'eth0',
  destination: '0.0.0.0',
  length: 0,
  gateway: '10.208.0.1',
};

/** A watch over the guide's first network with a container on it, and Docker's own bridge beside. */
async function watched({ strict = false } = {}) {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create({ ...A, strict }, null);
  const told: RecordedEvent[] = [];
  const failures: unknown[] = [];
  let routes = [ROUTER];
  let strays = 0;
  const kept = new FakeKept<readonly Violation[]>();
  const make = () =>
    new ViolationWatch({
      docker: host.docker,
      readRoutes: async () => routes,
      clock: host.clock,
      record: async (event) => void told.push(event),
      kept,
      onChange: () => {
        strays += 1;
      },
      onFailure: (error) => failures.push(error),
    });
  const watch = make();
  const ids = new Map(host.docker.known.map(({ name, id }) => [name, id]));
  const idOf = (name: string) => ids.get(name) ?? '';
  const connect = (name: string, ipv4: string) =>
    host.docker.connect(idOf(name), { id: 'c1', name: 'desk', ipv4 });
  host.docker.started.set('c1', { dns: ['9.9.9.9'], mayRoute: true });
  connect(A.name, '10.208.0.2');
  watch.publish(await agent.run());
  await vi.advanceTimersByTimeAsync(0);
  watch.start();
  await vi.advanceTimersByTimeAsync(500);
  return {
    host,
    agent,
    watch,
    told,
    failures,
    /** The watch of the next agent. */
    startAgain: async () => {
      await watch.stop();
      const next = make();
      next.publish(await agent.run());
      await vi.advanceTimersByTimeAsync(0);
      next.start();
      await vi.advanceTimersByTimeAsync(500);
      return next;
    },
    connect,
    disconnect: (name: string) => host.docker.disconnect(idOf(name), 'c1'),
    setRoutes: (changed: readonly ContainerRoute[]) => {
      routes = [...changed];
    },
    strays: () => strays,
    kinds: () => watch.list(null).map(({ kind }) => kind),
  };
}

describe('the watch for violations', () => {
  it('finds a second network by Docker’s event, and tells begin and end', async () => {
    const { watch, told, connect, disconnect, kinds } = await watched();
    expect(kinds()).toEqual([]);
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kinds()).toEqual(['other-network']);
    expect(watch.list(A.name)).toHaveLength(1);
    expect(watch.list('z_custom_b')).toEqual([]);
    disconnect('bridge');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kinds()).toEqual([]);
    expect(told.map(({ kind, network }) => [kind, network])).toEqual([
      ['violation', A.name],
      ['violation.ended', A.name],
    ]);
    await watch.stop();
  });

  it('tells a violation once, and keeps its time', async () => {
    const { watch, told, connect } = await watched();
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(1_000);
    const [before] = watch.list(null);
    await watch.look();
    expect(watch.list(null)).toEqual([before]);
    expect(told).toHaveLength(1);
    await watch.stop();
  });

  it('looks at the routes of containers that may change them every second', async () => {
    const { watch, setRoutes, kinds } = await watched();
    setRoutes([{ ...ROUTER, gateway: '10.208.0.9' }]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(kinds()).toEqual(['default-route']);
    setRoutes([ROUTER]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(kinds()).toEqual([]);
    await watch.stop();
  });

  it('does not take the routes of a second network, which Docker lists late, for changed ones', async () => {
    const { watch, told, setRoutes, connect, kinds } = await watched();
    setRoutes([{ ...ROUTER, device: 'eth1', gateway: '172.17.0.1' }]);
    await watch.look();
    expect(kinds()).toEqual([]);
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(kinds()).toEqual(['other-network']);
    expect(told).toHaveLength(1);
    await watch.stop();
  });

  it('asks for a run of the loop when a strict network has something to stop, and when not any more', async () => {
    const { watch, agent, connect, disconnect, strays } = await watched({ strict: true });
    const specs = () => agent.desired.current.networks;
    expect(watch.strays(specs())).toEqual({ strays4: [], strays6: [] });
    const before = strays();
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(200);
    expect(strays()).toBeGreaterThan(before);
    expect(watch.strays(specs())).toEqual({ strays4: ['172.17.0.2 . "docker0"'], strays6: [] });
    const between = strays();
    disconnect('bridge');
    await vi.advanceTimersByTimeAsync(200);
    expect(strays()).toBeGreaterThan(between);
    expect(watch.strays(specs())).toEqual({ strays4: [], strays6: [] });
    await watch.stop();
  });

  it('keeps what it knows while Docker does not answer', async () => {
    const { watch, host, failures, connect, kinds } = await watched({ strict: true });
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(1_000);
    host.docker.down = true;
    await watch.look();
    expect(failures).toHaveLength(1);
    expect(kinds()).toEqual(['other-network']);
    await watch.stop();
  });

  it.each<[string, (scene: Awaited<ReturnType<typeof watched>>) => void]>([
    ['other-network', ({ connect }) => connect('bridge', '172.17.0.2')],
    ['default-route', ({ setRoutes }) => setRoutes([{ ...ROUTER, gateway: '10.208.0.9' }])],
  ])('knows since when the agent before has found %s', async (kind, happen) => {
    const scene = await watched();
    happen(scene);
    await vi.advanceTimersByTimeAsync(2_000);
    const before = scene.watch.list(null);
    expect(before).toMatchObject([{ kind }]);
    const next = await scene.startAgain();
    expect(next.list(null)).toEqual(before);
    expect(scene.told.map((event) => event.kind)).toEqual(['violation']);
    await next.stop();
  });

  it('tells the end of what ended while no agent lived', async () => {
    const { told, connect, disconnect, watch, startAgain } = await watched();
    connect('bridge', '172.17.0.2');
    await vi.advanceTimersByTimeAsync(1_000);
    await watch.stop();
    disconnect('bridge');
    const next = await startAgain();
    expect(next.list(null)).toEqual([]);
    expect(told.map(({ kind }) => kind)).toEqual(['violation', 'violation.ended']);
    await next.stop();
  });
});
