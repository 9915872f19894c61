import type { Leak } from '@sallyport/lab/oracle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { B, type Subject, told, upWorld, type World } from './support/world.ts';

/* Route mode main under all reverse-path filters, and what is reached on a link. */

let world: World;
let b: Subject;
let main: Subject;
const MAIN = { name: 'z_main', address: B.address } as const;

beforeAll(async () => {
  world = await upWorld('routing');
  await world.createGuideNetworks();
  await world.agent.call('createNetwork', {
    body: { name: MAIN.name, egress: { ipv4: [MAIN.address] }, route: 'main' },
  });
  b = await world.subject('on-b', B.name);
  main = await world.subject('on-main', MAIN.name);
});

afterAll(() => world.down());

/** Without those of z_main, whose late retransmissions leave by enp0s3, as its mode says. */
async function leaksOfOthers(since: number): Promise<readonly Leak[]> {
  return (await world.leaks(since)).filter(({ packet }) => packet.destination !== main.target);
}

async function works({ container, target }: Subject): Promise<boolean> {
  return (await container.traffic('tcp', ['--target', target, '--timeout', '1.5'])).ok;
}

describe.each([0, 1, 2] as const)('rp_filter %i', (mode) => {
  test('route mode main leaves as the main table says; doctor tells where replies are dropped', async () => {
    await world.lab.host.setRpFilter(mode);
    const since = Date.now();
    // Its replies come by enp0s8, which a strict check does not accept.
    expect(await works(main)).toBe(mode !== 1);
    const packets = await world.lab.capture.packets({ since, destination: main.target });
    const seen = new Set(
      packets
        .filter(({ protocol }) => protocol !== 'arp')
        .map(({ source, uplink }) => `${source} ${uplink}`),
    );
    expect([...seen]).toEqual([`${MAIN.address} enp0s3`]);
    const finding = (await world.agent.call('doctor', {})).find(
      ({ check }) => check === 'rp-filter',
    );
    expect(finding?.level).toBe(mode === 1 ? 'warning' : 'ok');
  });
});

test('what is on the link of another uplink is reached by the network’s own', async () => {
  const since = Date.now();
  const { ok, source } = await b.container.traffic('tcp', ['--target', '192.168.4.1']);
  expect({ ok, source }).toEqual({ ok: true, source: B.address });
  expect(told(await leaksOfOthers(since))).toBe('');
});

test('without a gateway only the own link is reached, and a condition says so', async () => {
  await world.agent.call('createNetwork', {
    body: { name: 'z_near', egress: { ipv4: [B.address] } },
  });
  const view = await world.agent.call('showNetwork', { params: { name: 'z_near' } });
  expect(view.state).toBe('Ready');
  expect(view.reason).toContain('only destinations on its own link');
  expect(view.remedy).toContain('--gateway');
  const near = await world.subject('near', 'z_near');
  expect((await near.container.traffic('tcp', ['--target', '192.168.56.1'])).ok).toBe(true);
  expect(
    (await near.container.traffic('tcp', ['--target', near.target, '--timeout', '1'])).ok,
  ).toBe(false);
});
