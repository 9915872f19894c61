import { describe, expect, it } from 'vitest';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { DOCKERS_FORWARD } from '../fakes/fake-iptables.ts';
import { A, B } from './changes.ts';

/* Everything of ours that somebody can take away or add comes back as it was, and is told as a repair. */

/** The dump counts chains only; here their rules matter as well. */
async function snapshot(host: FakeHost): Promise<string> {
  return `${await host.dump()}\n${(await host.nft.listTable())?.structure ?? ''}`;
}

async function guide() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  await agent.networks.create(B, null);
  return { host, agent, before: await snapshot(host) };
}

function dropRoute({ kernel }: FakeHost, destination: string): void {
  for (const route of kernel.routes())
    if (route.table === 4101 && route.destination === destination) kernel.removeRoute(route);
}

interface Accident {
  readonly what: string;
  readonly happen: (host: FakeHost) => unknown;
  readonly steps: readonly string[];
}

const ACCIDENTS: readonly Accident[] = [
  {
    what: 'the ruleset is flushed',
    happen: ({ nft }) => nft.flushRuleset(),
    steps: ['table.replace', 'flows.end'],
  },
  {
    what: 'a rule is put into our table',
    happen: ({ nft }) => nft.tamper('accept'),
    steps: ['table.replace', 'flows.end'],
  },
  {
    what: 'an element is lost',
    happen: ({ nft }) => nft.loseElement('managed4', '10.208.0.0/24'),
    steps: ['table.change', 'flows.end'],
  },
  {
    what: 'an address in the translation is lost',
    happen: ({ nft }) => nft.loseElement('snat4', '10.208.0.0/24 : 192.168.4.153'),
    steps: ['table.change', 'flows.end'],
  },
  {
    what: 'the rules are lost',
    happen: ({ kernel }) => kernel.rules.clear(),
    steps: ['routing.change', 'routing.change'],
  },
  {
    what: 'the default route of a way is lost',
    happen: (host) => dropRoute(host, '0.0.0.0/0'),
    steps: ['routing.change'],
  },
  {
    what: 'the route to the uplink’s own link is lost',
    happen: (host) => dropRoute(host, '192.168.4.0/24'),
    steps: ['routing.change'],
  },
  {
    what: 'a route is put into a way’s table',
    happen: ({ kernel }) =>
      kernel.putRoute({
        table: 4101,
        type: 'unicast',
        destination: '203.0.113.0/24',
        device: 'enp0s8',
        gateway: null,
        metric: 0,
        scope: 'link',
        onlink: false,
      }),
    steps: ['routing.change'],
  },
  {
    what: 'forwarding is switched off',
    happen: ({ sysctl }) => sysctl.values.set('ipv4/ip_forward', '0'),
    steps: ['sysctl.write'],
  },
  {
    what: 'the mark is not seen by the reverse-path check',
    happen: ({ sysctl }) => sysctl.values.set('ipv4/conf/all/src_valid_mark', '0'),
    steps: ['sysctl.write'],
  },
  {
    what: 'Docker’s chains are made anew',
    happen: ({ iptables }) => {
      iptables.dockerUser = [['-j', 'RETURN']];
    },
    steps: ['docker-user.set'],
  },
  {
    what: 'nothing leads to the short cut',
    happen: ({ iptables }) => {
      iptables.forward = { ...DOCKERS_FORWARD, jumps: ['DOCKER-ISOLATION-STAGE-1'] };
    },
    steps: ['docker-user.lead'],
  },
];

describe.each(ACCIDENTS)('when $what', ({ happen, steps }) => {
  it('all is mended and told, once', async () => {
    const { host, agent, before } = await guide();
    happen(host);
    expect(await snapshot(host)).not.toBe(before);
    const report = await agent.run('something changed');
    expect(report.done.map(({ kind }) => kind)).toEqual(steps);
    expect(report.repaired).toBe(true);
    expect(await snapshot(host)).toBe(before);
    expect(await agent.run()).toMatchObject({ done: [], repaired: false });
  });
});

describe('what is no repair', () => {
  it('is the first run of an agent, though it brings the table and flows over', async () => {
    const { host } = await guide();
    const next = await startFakeAgent(host);
    expect((await next.run()).repaired).toBe(false);
  });

  it('is a change that was asked for, and one that follows from the host', async () => {
    const { host, agent } = await guide();
    host.kernel.addAddress('enp0s8', '192.168.60.1/24');
    const report = await agent.run('ip monitor');
    expect(report.done.map(({ kind }) => kind)).toEqual(['routing.change']);
    expect(report.repaired).toBe(false);
  });
});

describe('a Docker network that somebody removed', () => {
  it('is made again behind its guard, with the same identity', async () => {
    const { host, agent } = await guide();
    const view = agent.networks.show(A.name);
    const network = host.docker.known.find(({ name }) => name === A.name);
    host.docker.dropNetwork(network?.id ?? '');
    const report = await agent.run('Docker: network z_custom_a destroy');
    expect(report.done.map(({ kind }) => kind)).toEqual(['docker.create']);
    expect(agent.networks.show(A.name)).toEqual(view);
    expect(host.docker.known.find(({ name }) => name === A.name)?.labels).toEqual(network?.labels);
  });

  it('is not touched where somebody else has taken its name', async () => {
    const { host, agent } = await guide();
    const network = host.docker.known.find(({ name }) => name === A.name);
    if (network === undefined) throw new Error('the network was not made');
    host.docker.dropNetwork(network.id);
    host.docker.addNetwork({ ...network, labels: {}, subnets: ['10.5.0.0/24'], gateway: null });
    const before = await snapshot(host);
    expect((await agent.run()).failures).toEqual([]);
    expect(await snapshot(host)).toBe(before);
    expect(agent.networks.show(A.name)).toMatchObject({
      state: 'Error',
      reason: expect.stringContaining('10.5.0.0/24') as string,
    });
  });
});

describe('a disk that is full', () => {
  it('keeps nothing from being mended, and is told', async () => {
    const { host, agent, before } = await guide();
    host.kernel.removeAddress('enp0s8', '192.168.56.103');
    host.store.saveBootGuard = () => Promise.reject(new Error('no space left on device'));
    const report = await agent.run();
    expect(report.complaints).toEqual(['no space left on device']);
    expect(agent.networks.show(B.name).state).toBe('Blocked');
    host.kernel.addAddress('enp0s8', '192.168.56.103/24');
    await agent.run();
    expect(await snapshot(host)).toBe(before);
  });
});
