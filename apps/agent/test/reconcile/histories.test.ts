import { networkUpdateSchema } from '@sallyport/contract/network';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FakeAgent, startFakeAgent } from '../fake-agent.ts';
import { addDefaultRoute, createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A, B } from './changes.ts';
import { findUnguarded } from './guarded.ts';

/* Whatever happens to the host, in any order: the agent ends where nothing is left to do. */

interface Scene {
  readonly host: FakeHost;
  agent: FakeAgent;
}

/** What an administrator asks for; a refusal is an answer like any other. */
const WISHES: Readonly<Record<string, (agent: FakeAgent) => Promise<unknown>>> = {
  'create a': ({ networks }) => networks.create(A, null),
  'create b': ({ networks }) => networks.create(B, null),
  'delete a': ({ networks }) => networks.delete(A.name, null),
  'delete b': ({ networks }) => networks.delete(B.name, null),
  'move a to .53': ({ networks }) =>
    networks.update(
      A.name,
      networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.53'] } }),
      null,
    ),
  'move a to .153': ({ networks }) =>
    networks.update(
      A.name,
      networkUpdateSchema.parse({ egress: { ipv4: ['192.168.4.153'] }, route: 'uplink' }),
      null,
    ),
  'route a by main': ({ networks }) =>
    networks.update(A.name, networkUpdateSchema.parse({ route: 'main' }), null),
};

/** What happens to the host. What can not happen just then does not. */
const ACCIDENTS: Readonly<Record<string, (host: FakeHost) => unknown>> = {
  'lose .153': ({ kernel }) => kernel.removeAddress('enp0s3', '192.168.4.153'),
  'get .153': ({ kernel }) => kernel.addAddress('enp0s3', '192.168.4.153/24'),
  'lose .103': ({ kernel }) => kernel.removeAddress('enp0s8', '192.168.56.103'),
  'get .103': ({ kernel }) => kernel.addAddress('enp0s8', '192.168.56.103/24'),
  'enp0s3 down': ({ kernel }) => kernel.setAdmin('enp0s3', false),
  'enp0s3 up': ({ kernel }) => kernel.setAdmin('enp0s3', true),
  'enp0s8 without carrier': ({ kernel }) => kernel.setCarrier('enp0s8', false),
  'enp0s8 with carrier': ({ kernel }) => kernel.setCarrier('enp0s8', true),
  'default route': (host) => addDefaultRoute(host, { device: 'enp0s3', gateway: '192.168.4.1' }),
  'another default route': (host) =>
    addDefaultRoute(host, { device: 'enp0s3', gateway: '192.168.4.2' }),
  'flush ruleset': ({ nft }) => nft.flushRuleset(),
  'a foreign rule in our table': ({ nft }) => nft.tamper('accept'),
  'an element lost': ({ nft }) => {
    const [element = ''] = nft.elements['snat4'] ?? [];
    nft.loseElement('snat4', element);
  },
  'rules lost': ({ kernel }) => kernel.rules.clear(),
  'Docker down': ({ docker }) => {
    docker.down = true;
  },
  'Docker up': ({ docker }) => {
    docker.down = false;
  },
  'a removed by hand': ({ docker }) => {
    const network = docker.known.find(({ name }) => name === A.name);
    if (network !== undefined) docker.dropNetwork(network.id);
  },
  'forwarding off': ({ sysctl }) => sysctl.values.set('ipv4/ip_forward', '0'),
  'DOCKER-USER flushed': ({ iptables }) => {
    iptables.dockerUser = [['-j', 'RETURN']];
  },
  'iptables flushed': ({ iptables }) => iptables.flush(),
};

const RESTART = 'restart the agent';
const event = fc.constantFrom(...Object.keys(WISHES), ...Object.keys(ACCIDENTS), RESTART);

async function happen(scene: Scene, name: string): Promise<void> {
  if (name === RESTART) {
    scene.agent = await startFakeAgent(scene.host);
    return;
  }
  await WISHES[name]?.(scene.agent).catch(() => undefined);
  try {
    ACCIDENTS[name]?.(scene.host);
  } catch {
    // An address that is there already, or a route for which there is no way.
  }
}

/** States that networks were in; a history in which all is always well shows nothing. */
const SEEN = new Set<string>();

/** Nothing is left to do, everything is guarded, and who is Ready leaves by an address that is there. */
async function expectSettled({ host, agent }: Scene, after: string): Promise<void> {
  const report = await agent.run(after);
  expect(report.failures, after).toEqual([]);
  expect((await agent.run('again')).done, after).toEqual([]);
  expect(findUnguarded(host, host.nft.elements), after).toEqual([]);
  const addresses = host.kernel
    .links()
    .filter(({ up }) => up)
    .flatMap((link) => link.addresses.map(({ address }) => `${address} on ${link.name}`));
  for (const { name, state, egress, subnet, uplink, route } of agent.networks.list()) {
    SEEN.add(state);
    if (state !== 'Ready' || route !== 'uplink') continue;
    const [address] = egress.ipv4;
    expect(addresses, `${after}: ${name}`).toContain(`${address} on ${uplink}`);
    expect(host.nft.elements['egress4'], `${after}: ${name}`).toContain(
      `${subnet} . "${uplink}" . ${address}`,
    );
  }
}

describe('any history', () => {
  it('ends where nothing is left to do', async () => {
    const property = fc.asyncProperty(
      fc.array(event, { minLength: 3, maxLength: 25 }),
      async (events) => {
        const host = createGuideHost();
        const scene: Scene = { host, agent: await startFakeAgent(host) };
        await scene.agent.networks.create(A, null);
        for (const name of events) {
          await happen(scene, name);
          await expectSettled(scene, name);
        }
      },
    );
    // Pending is rare: an agent that starts while Docker is silent. One such history is always told.
    const examples: [string[]][] = [[['Docker down', RESTART, 'Docker up']]];
    await fc.assert(property, { numRuns: 60, examples });
    expect([...SEEN]).toEqual(expect.arrayContaining(['Ready', 'Blocked', 'Pending']));
  });

  it('would be told if a repair had no effect', async () => {
    const host = createGuideHost();
    const agent = await startFakeAgent(host);
    await agent.networks.create(A, null);
    host.nft.flushRuleset();
    host.mutations.killAt(1, 'before');
    await expect(expectSettled({ host, agent }, 'the control')).rejects.toThrow('the control');
  });
});
