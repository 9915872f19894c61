import { networkAdoptSchema, networkUpdateSchema } from '@sallyport/contract/network';
import { parseNetworkName } from '@sallyport/core/network-name';
import { describe, expect, it } from 'vitest';
import { type FakeAgent, startFakeAgent } from '../fake-agent.ts';
import { addDefaultRoute, createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A, B, CHANGES } from './changes.ts';

async function withA() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  return { host, agent };
}

const update = ({ networks }: FakeAgent, wish: object) =>
  networks.update(A.name, networkUpdateSchema.parse(wish), null);
const flow = (leaving: string, source = '10.208.0.2') => ({ source, leaving });
const standing = ({ networks }: FakeAgent) => {
  const { state, uplink, nextHop } = networks.show(A.name);
  return [state, uplink, nextHop];
};

describe('the whole host as text', () => {
  it('in mode main', async () => {
    const { host, agent } = await withA();
    await update(agent, { route: 'main' });
    await expect(await host.dump()).toMatchFileSnapshot('golden/main.txt');
  });

  it('with an adopted network, before and after', async () => {
    const adopt = CHANGES.find(({ name }) => name === 'adopt');
    if (adopt === undefined) throw new Error('there is no such change');
    const host = createGuideHost();
    const agent = await startFakeAgent(host);
    await adopt.prepare(agent, host);
    await expect(await host.dump()).toMatchFileSnapshot('golden/hand-made.txt');
    await adopt.change(agent);
    await expect(await host.dump()).toMatchFileSnapshot('golden/adopted.txt');
  });
});

describe('an uplink', () => {
  it.each<[string, (host: FakeHost, up: boolean) => void]>([
    ['is set down and up again', ({ kernel }, up) => kernel.setAdmin('enp0s3', up)],
    ['loses its carrier and gets it back', ({ kernel }, up) => kernel.setCarrier('enp0s3', up)],
  ])('that %s blocks its networks and opens them by itself', async (_, turn) => {
    const { host, agent } = await withA();
    const before = await host.dump();
    turn(host, false);
    await agent.run();
    expect(standing(agent)).toEqual(['Blocked', null, null]);
    expect(host.nft.elements['egress4']).toEqual([]);
    expect(host.nft.elements['managed4']).toEqual(['10.208.0.0/24']);
    turn(host, true);
    // Setting it up brings back connected routes only; the administrator's tools bring the rest.
    addDefaultRoute(host, { device: 'enp0s3', gateway: '192.168.4.1' });
    await agent.run();
    expect(standing(agent)).toEqual(['Ready', 'enp0s3', '192.168.4.1']);
    // The way without a gateway, through which replies went meanwhile, keeps its slot.
    const withoutSlots = (dump: string) => dump.replaceAll(/^.* : jump restore_.*\n/gm, '');
    expect(withoutSlots(await host.dump())).toBe(withoutSlots(before));
  });

  it('that gets another gateway is followed, and keeps the former slot for living flows', async () => {
    const { host, agent } = await withA();
    addDefaultRoute(host, { device: 'enp0s3', gateway: '192.168.4.2' });
    await agent.run();
    expect(standing(agent)).toEqual(['Ready', 'enp0s3', '192.168.4.2']);
    expect(agent.desired.current.ways.map(({ key }) => key)).toContain('enp0s3|192.168.4.1');
    // Not back to slot 1: its mark is on flows that went by the other gateway.
    const slot = agent.desired.current.ways.find(({ key }) => key === 'enp0s3|192.168.4.2')?.slot;
    expect(host.nft.elements['ways']).toEqual([`"z_custom_a" : jump way_${slot}`]);
  });

  it('to which the address moves is followed', async () => {
    const { host, agent } = await withA();
    host.kernel.removeAddress('enp0s3', '192.168.4.153');
    host.kernel.addAddress('enp0s8', '192.168.4.153/24');
    await agent.run();
    expect(standing(agent)).toEqual(['Ready', 'enp0s8', null]);
    expect(host.nft.elements['egress4']).toEqual(['10.208.0.0/24 . "enp0s8" . 192.168.4.153']);
  });
});

describe('flows', () => {
  it('with a former address are ended before the change is answered, and no others', async () => {
    const { host, agent } = await withA();
    const others = [flow('192.168.4.53'), flow('192.168.4.153', '172.17.0.2')];
    host.conntrack.flows = [flow('192.168.4.153'), ...others];
    await update(agent, { egress: { ipv4: ['192.168.4.53'] } });
    expect(host.conntrack.flows).toEqual(others);
  });

  it('are all ended when nothing may leave any more', async () => {
    const { host, agent } = await withA();
    host.conntrack.flows = [flow('192.168.4.153'), flow('192.168.4.153', '172.17.0.2')];
    host.kernel.removeAddress('enp0s3', '192.168.4.153');
    await agent.run();
    expect(host.conntrack.flows).toEqual([flow('192.168.4.153', '172.17.0.2')]);
  });

  it('that are as they should be live on through restarts and repairs', async () => {
    const { host, agent } = await withA();
    host.conntrack.flows = [flow('192.168.4.153')];
    host.nft.flushRuleset();
    await agent.run();
    await (await startFakeAgent(host)).run();
    expect(host.conntrack.flows).toEqual([flow('192.168.4.153')]);
  });

  it.each([
    ['flushed', (host: FakeHost) => host.nft.flushRuleset()],
    [
      'short of an address',
      (host: FakeHost) => host.nft.loseElement('snat4', '10.208.0.0/24 : 192.168.4.153'),
    ],
  ])('that began while the table was %s are ended by the repair', async (_, damage) => {
    const { host, agent } = await withA();
    damage(host);
    host.conntrack.flows = [flow('10.208.0.2'), flow('192.168.4.53'), flow('192.168.4.153')];
    await agent.run();
    expect(host.conntrack.flows).toEqual([flow('192.168.4.153')]);
  });

  it('that began while the agent was gone are ended when it is back', async () => {
    const { host } = await withA();
    host.conntrack.flows = [flow('192.168.4.53')];
    await (await startFakeAgent(host)).run();
    expect(host.conntrack.flows).toEqual([]);
  });
});

describe('an adopted network', () => {
  const HAND_MADE = parseNetworkName('z_hand_made');

  async function adopted() {
    const host = createGuideHost();
    const agent = await startFakeAgent(host);
    const adopt = CHANGES.find(({ name }) => name === 'adopt');
    await adopt?.prepare(agent, host);
    await adopt?.change(agent);
    return { host, agent };
  }

  it('goes with its Docker network, which would leave by any address without its guard', async () => {
    const { host, agent } = await adopted();
    const network = host.docker.known.find(({ name }) => name === HAND_MADE);
    host.docker.disconnect(network?.id ?? '', 'c1');
    await agent.networks.delete(HAND_MADE, null);
    expect(await host.dump()).not.toContain('table 41');
    expect(await host.nft.listTable()).toBeNull();
    expect(host.docker.known.map(({ name }) => name)).toEqual(['bridge']);
  });

  it('is refused where Docker has none of that name, and nothing is kept of the wish', async () => {
    const { host, agent } = await withA();
    const before = await host.dump();
    const wish = networkAdoptSchema.parse({ egress: B.egress });
    await expect(agent.networks.adopt({ ...wish, name: HAND_MADE }, null)).rejects.toMatchObject({
      code: 'network_not_found',
    });
    expect(await host.dump()).toBe(before);
  });
});
