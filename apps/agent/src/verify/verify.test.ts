import { verifyRequestSchema } from '@sallyport/contract/verify';
import { SallyportError } from '@sallyport/contract/errors';
import { describe, expect, it } from 'vitest';
import { createGuideHost } from '../../test/fakes/fake-host.ts';
import { guideSpec, SPEC_B } from '../../test/guide-host.ts';
import type { Prober, ProbePlace } from '../ports/prober.ts';
import type { NetworkSpec } from '@sallyport/core/network';
import { VerifyService } from './verify.ts';

const ECHO = 'http://198.51.100.10/';
const SIGNAL = new AbortController().signal;

/** A service whose probes see what the function says, over Docker networks for these specs. */
function newService(
  specs: readonly NetworkSpec[],
  ask: (place: ProbePlace) => Promise<string>,
  { echo = [ECHO], missing = '' } = {},
) {
  const host = createGuideHost();
  for (const { name, bridge, subnet, subnet6, id } of specs) {
    if (name === missing) continue;
    host.docker.addNetwork({
      name,
      bridge,
      subnets: [subnet],
      gateway: subnet.replace(/0\/\d+$/, '1'),
      driver: 'bridge',
      scope: 'local',
      internal: false,
      ipv6: subnet6 !== null,
      subnets6: subnet6 === null ? [] : [subnet6],
      masquerade: false,
      icc: false,
      reserved: name === 'z_custom_a' ? { 'sallyport-probe': '172.19.255.254' } : {},
      labels: { 'io.sallyport.network-id': id },
    });
  }
  const places: ProbePlace[] = [];
  const prober: Prober = {
    ask: async (place, questions) => {
      places.push(place);
      const observed = await ask(place);
      return questions.map(() => ({ observed, durationMs: 1 }));
    },
  };
  const service = new VerifyService({
    prober,
    ports: host.ports,
    find: (name) => {
      const found = specs.find((spec) => spec.name === name);
      if (found === undefined) throw new SallyportError('network_not_found', `no ${name}`);
      return found;
    },
    all: () => specs,
    echo,
  });
  const verify = (request: object = {}) =>
    service.verify(verifyRequestSchema.parse(request), SIGNAL);
  return { host, verify, places };
}

const GUIDE = [guideSpec(), SPEC_B];
const right = async ({ bridge }: ProbePlace) =>
  bridge === 'z_custom_a' ? '192.168.4.153' : '192.168.56.103';

describe('verification', () => {
  it('asks from inside every network, at an address that no container has', async () => {
    const { verify, places } = newService(GUIDE, right);
    expect((await verify()).map(({ network, ok }) => [network, ok])).toEqual([
      ['z_custom_a', true],
      ['z_custom_b', true],
    ]);
    expect(places).toEqual([
      { bridge: 'z_custom_a', address: '172.19.255.254/16', gateway: '172.19.0.1', ipv6: null },
      { bridge: 'z_custom_b', address: '172.20.255.254/16', gateway: '172.20.0.1', ipv6: null },
    ]);
  });

  it('tells a network that leaves by another address', async () => {
    const { verify } = newService(GUIDE, async () => '192.168.4.53');
    expect(await verify({ networks: ['z_custom_b'] })).toMatchObject([
      { network: 'z_custom_b', ok: false, expected: '192.168.56.103', observed: '192.168.4.53' },
    ]);
  });

  it('asks every echo service of the request, or those of the configuration', async () => {
    const { verify } = newService(GUIDE, right, { echo: ['udp://192.0.2.1:7'] });
    const echo = [ECHO, 'dns:///who.example'];
    expect((await verify({ networks: ['z_custom_a'], echo })).map((one) => one.echo)).toEqual(echo);
    expect((await verify({ networks: ['z_custom_a'] })).map((one) => one.echo)).toEqual([
      'udp://192.0.2.1:7',
    ]);
  });

  it('is refused without anybody to ask, and for a network that is not there', async () => {
    const { verify } = newService(GUIDE, right, { echo: [] });
    await expect(verify()).rejects.toMatchObject({ code: 'no_echo_service' });
    await expect(verify({ echo: [ECHO], networks: ['nobody'] })).rejects.toMatchObject({
      code: 'network_not_found',
    });
  });

  it('fails for a network that Docker does not have, and goes on with the others', async () => {
    const { verify } = newService(GUIDE, right, { missing: 'z_custom_a' });
    expect(await verify()).toMatchObject([
      { ok: false, reason: 'the Docker network z_custom_a does not exist' },
      { ok: true },
    ]);
  });

  it('fails where the probe could not be sent, and goes on with the others', async () => {
    const { verify } = newService(GUIDE, async (place) => {
      if (place.bridge === 'z_custom_a') throw new SallyportError('host_refused', 'no unshare');
      return right(place);
    });
    expect(await verify()).toMatchObject([{ ok: false, reason: 'no unshare' }, { ok: true }]);
  });

  it('takes no address from a container', async () => {
    const { host, verify, places } = newService([SPEC_B], right);
    const id = host.docker.known.find(({ name }) => name === 'z_custom_b')?.id ?? '';
    host.docker.connect(id, { id: 'c', name: 'last', ipv4: '172.20.255.254' });
    expect(await verify()).toMatchObject([
      { ok: false, reason: 'last has the address 172.20.255.254 that the probe would use.' },
    ]);
    expect(places).toEqual([]);
  });

  it('sends four probes at once, and answers in the order of the networks', async () => {
    const specs = Array.from({ length: 12 }, (_, index) =>
      guideSpec({ name: `n${index}`, subnet: `10.9.${index}.0/24` }),
    );
    let atOnce = 0;
    let most = 0;
    const { verify } = newService(specs, async ({ bridge }) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, bridge === 'n0' ? 20 : 1));
      atOnce--;
      return '192.168.4.153';
    });
    expect((await verify()).map(({ network }) => network)).toEqual(specs.map(({ name }) => name));
    expect(most).toBe(4);
  });

  it('does not hide a bug', async () => {
    const { verify } = newService(GUIDE, () => Promise.reject(new TypeError('x is undefined')));
    await expect(verify()).rejects.toThrow('x is undefined');
  });
});
