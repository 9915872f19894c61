import { ENDPOINTS, type Endpoint, type EndpointName } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import { problemSchema } from '@sallyport/contract/problem';
import { describe, expect, it, vi } from 'vitest';
import { startFakeApi } from '../fake-api.ts';

interface Inject {
  readonly method?: Endpoint['method'] | 'PUT';
  readonly url: string;
  readonly payload?: string | object;
  readonly headers?: Record<string, string>;
}
/** Everything but the streams, which have tests of their own. */
const STREAMS: readonly string[] = ['followEvents', 'pullImage'];
type Name = Exclude<EndpointName, 'followEvents' | 'pullImage'>;

const SESSION = '0198a6f0-0000-7000-8000-000000000001';
const SESSION_WISH = { id: SESSION, image: 'desk:1', network: 'z_custom_a', display: null };
const A = { name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } };

/** One good request for each endpoint, in an order in which all of them work. */
const GOOD: readonly (readonly [Name, Inject])[] = [
  ['host', { url: '/v1/host' }],
  ['doctor', { url: '/v1/doctor' }],
  ['settings', { url: '/v1/settings' }],
  ['reconcile', { method: 'POST', url: '/v1/reconcile' }],
  ['createNetwork', { url: '/v1/networks', payload: A }],
  ['listNetworks', { url: '/v1/networks' }],
  ['showNetwork', { url: '/v1/networks/z_custom_a' }],
  ['updateNetwork', { url: '/v1/networks/z_custom_a', payload: { dns: ['9.9.9.9'] } }],
  ['listAdoptable', { url: '/v1/adoptable' }],
  ['adoptNetwork', { url: '/v1/networks/z_hand/adopt', payload: { egress: A.egress } }],
  ['verify', { url: '/v1/verify', payload: { echo: ['http://198.51.100.10/'] } }],
  ['violations', { url: '/v1/violations?network=z_custom_a' }],
  ['flows', { url: '/v1/flows?address=192.168.4.153&port=34567' }],
  ['leases', { url: '/v1/leases?network=z_custom_a' }],
  ['counters', { url: '/v1/counters?network=z_custom_a' }],
  ['apply', { url: '/v1/apply', payload: { document: { networks: [A] }, dryRun: true } }],
  ['exportDocument', { url: '/v1/export' }],
  ['events', { url: '/v1/events?limit=5' }],
  ['listImages', { url: '/v1/images' }],
  ['createSession', { url: '/v1/sessions', payload: SESSION_WISH }],
  ['listSessions', { url: '/v1/sessions' }],
  ['showSession', { url: `/v1/sessions/${SESSION}` }],
  ['launchSession', { url: `/v1/sessions/${SESSION}/launch` }],
  ['verifySession', { url: `/v1/sessions/${SESSION}/verify` }],
  ['sessionLogs', { url: `/v1/sessions/${SESSION}/logs?lines=2` }],
  ['pauseSession', { url: `/v1/sessions/${SESSION}/pause` }],
  ['resumeSession', { url: `/v1/sessions/${SESSION}/resume` }],
  ['stopSession', { url: `/v1/sessions/${SESSION}/stop` }],
  ['startSession', { url: `/v1/sessions/${SESSION}/start` }],
  ['deleteSession', { url: `/v1/sessions/${SESSION}?profile=delete` }],
  ['deleteNetwork', { url: '/v1/networks/z_custom_a' }],
];

async function startWithHandMade() {
  const api = await startFakeApi();
  const [bridge] = api.host.docker.known;
  if (bridge === undefined) throw new Error('the guide’s host has a network');
  const made = { name: 'z_hand', bridge: 'z_hand', subnets: ['172.30.0.0/16'] };
  api.host.docker.addNetwork({ ...bridge, ...made, gateway: '172.30.0.1' });
  return api;
}

type Api = Awaited<ReturnType<typeof startFakeApi>>;
const REFUSED = new SallyportError('host_refused', 'ip can not read the host');
const FULL = new SallyportError('state_not_writable', 'the disk is full');

describe('every endpoint', () => {
  it('answers a good request with what the contract says', async () => {
    const { server, events } = await startWithHandMade();
    const actor = 'root';
    const made = { kind: 'network.created', network: 'z_custom_a', message: '', reason: '', actor };
    await events.record({ ...made, kind: 'network.created' });
    expect(GOOD.map(([name]) => name).toSorted()).toEqual(
      Object.keys(ENDPOINTS)
        .filter((name) => !STREAMS.includes(name))
        .toSorted(),
    );
    for (const [name, request] of GOOD) {
      const endpoint: Endpoint = ENDPOINTS[name];
      const answer = await server.inject({ ...request, method: endpoint.method });
      expect([name, answer.statusCode]).toEqual([name, endpoint.status]);
      expect(() => endpoint.response.parse(answer.json()), name).not.toThrow();
    }
  });

  it.each<[string, (api: Api) => unknown]>([
    [
      'Docker is silent',
      ({ host, containers }) => {
        host.docker.down = true;
        containers.down = true;
      },
    ],
    [
      'the stored state is lost',
      ({ host, agent }) => {
        host.store.damage('it is not whole JSON');
        return agent.desired.load(true);
      },
    ],
    [
      'the kernel can not be read',
      ({ host }) => vi.spyOn(host.ports.routing, 'observe').mockRejectedValue(REFUSED),
    ],
    [
      'iptables can not be read',
      ({ host }) => vi.spyOn(host.iptables, 'natRules').mockRejectedValue(REFUSED),
    ],
    ['the disk is full', ({ host }) => vi.spyOn(host.store, 'save').mockRejectedValue(FULL)],
    ['nothing is there', () => undefined],
  ])('names every error that it gives: %s', async (_, spoil) => {
    for (const [name, request] of GOOD) {
      const api = await startWithHandMade();
      await spoil(api);
      const { method, errors }: Endpoint = ENDPOINTS[name];
      const answer = await api.server.inject({ ...request, method });
      if (answer.statusCode < 400) continue;
      expect(errors, name).toContain(problemSchema.parse(answer.json()).code);
    }
  });
});

describe('a request that is not as it should be', () => {
  it.each<[string, Inject, string]>([
    ['no JSON', { method: 'POST', url: '/v1/networks', payload: '{"name":' }, 'input'],
    ['no body', { method: 'POST', url: '/v1/networks' }, 'input'],
    ['a list', { method: 'POST', url: '/v1/networks', payload: [] }, 'input'],
    ['null', { method: 'POST', url: '/v1/apply', payload: 'null' }, 'input'],
    ['an unknown field', { method: 'POST', url: '/v1/networks', payload: { ...A, x: 1 } }, 'x'],
    [
      'one address twice',
      {
        method: 'POST',
        url: '/v1/networks',
        payload: { ...A, egress: { ipv4: ['192.168.4.53', '192.168.4.53'] } },
      },
      'egress.ipv4',
    ],
    ['a wrong type', { method: 'POST', url: '/v1/networks', payload: { ...A, route: 7 } }, 'route'],
    ['nothing to change', { method: 'PATCH', url: '/v1/networks/a', payload: {} }, 'input'],
    ['a bad name', { method: 'GET', url: '/v1/networks/-x' }, 'name'],
    ['a name that climbs', { method: 'GET', url: '/v1/networks/..%2f..%2fetc' }, 'name'],
    ['a limit of none', { method: 'GET', url: '/v1/events?limit=0' }, 'limit'],
    ['a limit in words', { method: 'GET', url: '/v1/events?limit=all' }, 'limit'],
    ['an unknown query', { method: 'GET', url: '/v1/events?since=1' }, 'since'],
    ['a query twice', { method: 'GET', url: '/v1/events?limit=1&limit=2' }, 'limit'],
  ])('is refused: %s', async (_, request, field) => {
    const { server, host } = await startFakeApi();
    const headers = { 'content-type': 'application/json' };
    const answer = await server.inject({ headers, ...request });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = problemSchema.parse(answer.json());
    expect(problem).toMatchObject({ status: 400, code: 'invalid_input' });
    const fields = problem.errors.map((one) => one.field);
    if (fields.length > 0) expect(fields).toEqual([field]);
    expect(host.mutations.log).toEqual([]);
  });

  it.each<Inject>([
    { method: 'GET', url: '/' },
    { method: 'GET', url: '/v2/networks' },
    { method: 'PUT', url: '/v1/networks' },
    { method: 'DELETE', url: '/v1/networks' },
    { method: 'GET', url: '/v1/networks/' },
    { method: 'GET', url: '/v1/networks/a/b' },
  ])('is told where there is no such endpoint: $method $url', async (request) => {
    const answer = await (await startFakeApi()).server.inject(request);
    expect([400, 404]).toContain(answer.statusCode);
    expect(problemSchema.safeParse(answer.json()).success).toBe(true);
  });

  it('is refused where it can not be decoded, is of another type, or is too large', async () => {
    const { server } = await startFakeApi();
    const type = (contentType: string) => ({ 'content-type': contentType });
    const requests: readonly Inject[] = [
      { method: 'GET', url: '/v1/networks/%ff' },
      { method: 'GET', url: '/v1/networks/%' },
      { method: 'POST', url: '/v1/networks', payload: '<a/>', headers: type('text/xml') },
      { method: 'POST', url: '/v1/networks', payload: 'x', headers: type('no type at all') },
      {
        method: 'POST',
        url: '/v1/apply',
        payload: `"${'x'.repeat(5 * 1024 * 1024)}"`,
        headers: type('application/json'),
      },
    ];
    for (const request of requests) {
      const answer = await server.inject(request);
      expect(answer.statusCode).toBe(400);
      expect(problemSchema.parse(answer.json()).code).toBe('invalid_input');
    }
  });
});

describe('a bug', () => {
  it('is told as such', async () => {
    const { host, server } = await startFakeApi();
    vi.spyOn(host.nft, 'counters').mockRejectedValue(new TypeError('x is undefined'));
    const answer = await server.inject('/v1/host');
    expect(answer.statusCode).toBe(500);
    expect(problemSchema.parse(answer.json()).code).toBe('internal');
  });
});

describe('who asks', () => {
  it.each([
    ['root', 'root'],
    ['', null],
    ['a\u001b[31mred', 'a[31mred'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('is kept as it is printable: %j', async (header, actor) => {
    const { server, agent } = await startFakeApi();
    const headers = { 'sallyport-actor': header };
    await server.inject({ method: 'POST', url: '/v1/networks', payload: A, headers });
    expect(agent.told.at(-1)).toMatchObject({ kind: 'network.created', actor });
  });
});
