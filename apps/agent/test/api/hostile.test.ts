import { ENDPOINTS, type Endpoint } from '@sallyport/contract/endpoints';
import { problemSchema } from '@sallyport/contract/problem';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startFakeApi } from '../fake-api.ts';

/* Whatever is sent: an answer of the contract, never a bug, and nothing of it on the host. */

let api: Awaited<ReturnType<typeof startFakeApi>>;
beforeAll(async () => {
  api = await startFakeApi();
});

const ODD = [
  '',
  ' ',
  '\0',
  '../../etc/passwd',
  '$(reboot)',
  '"; flush ruleset; "',
  '} delete table inet sallyport {',
  "' or 1=1",
  '192.168.4.153/24',
  '0300.0.0.1',
  '::ffff:192.168.4.153',
  '١٩٢.١٦٨.٤.١٥٣',
  '__proto__',
  'constructor',
  'z_custom_a\n',
  'a'.repeat(100_000),
  '\ud800',
];
const odd = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 40 }));
const anything = fc.oneof(odd, fc.jsonValue({ maxDepth: 2 }), fc.constant(-0), fc.double());
/** Mostly as it should be, so that what is odd gets past the first check. */
const mostly = (...good: readonly unknown[]) =>
  fc.oneof({ weight: 19, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: anything });
const ADDRESS = mostly('192.168.4.153', '192.168.4.53', '192.168.56.103', '127.0.0.1');
const NAME = mostly('a', 'z_custom_a', 'a_name_that_is_longer_than_a_bridge', 'host');
const SETTINGS = {
  egress: fc.oneof(
    { weight: 9, arbitrary: fc.record({ ipv4: fc.tuple(ADDRESS) }) },
    { weight: 1, arbitrary: anything },
  ),
  route: mostly('uplink', 'main'),
  gateway: mostly(null, null, '192.168.4.1', '192.168.56.1'),
  dns: mostly([], ['9.9.9.9']),
};
const subnet = mostly(null, '10.9.0.0/24', '10.9.1.0/24', '192.168.4.0/24', '0.0.0.0/0');
const network = fc.record(
  { ...SETTINGS, name: NAME, subnet },
  { requiredKeys: ['name', 'egress'] },
);
const settings = fc.record(SETTINGS, { requiredKeys: ['egress'] });
const document = fc.record(
  {
    document: fc.oneof(
      { weight: 9, arbitrary: fc.record({ networks: fc.array(network, { maxLength: 3 }) }) },
      { weight: 1, arbitrary: anything },
    ),
    dryRun: mostly(true, false),
    prune: mostly(true, false),
  },
  { requiredKeys: ['document'] },
);
const question = fc.record(
  { networks: fc.array(NAME, { maxLength: 2 }), echo: fc.array(odd, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const BODIES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  '/v1/networks': network,
  '/v1/networks/{name}': settings,
  '/v1/networks/{name}/adopt': settings,
  '/v1/apply': document,
  '/v1/verify': question,
};

const request = fc
  .constantFrom<Endpoint>(
    ...Object.values(ENDPOINTS).filter((one: Endpoint) => one.stream === undefined),
    // More often what changes something.
    ENDPOINTS.createNetwork,
    ENDPOINTS.createNetwork,
    ENDPOINTS.apply,
    ENDPOINTS.apply,
    ...Array.from({ length: 5 }, () => ENDPOINTS.updateNetwork),
  )
  .chain((endpoint) =>
    fc.record({
      endpoint: fc.constant(endpoint),
      name: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('a', 'z_custom_a', 'nobody') },
        { weight: 1, arbitrary: odd },
      ),
      search: odd,
      body: fc.oneof(
        { weight: 9, arbitrary: BODIES[endpoint.path] ?? anything },
        { weight: 1, arbitrary: anything },
      ),
    }),
  );

/** As a client would write it, or with something in it that no client would. */
function urlOf({ path, query }: Endpoint, name: string, search: string): string {
  const filled = path.replace('{name}', encode(name));
  return query === undefined || search === '' ? filled : `${filled}?limit=${encode(search)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Thousands of requests take two seconds alone, and many times that beside labs that share the processors. */
const BUDGET_MS = 60_000;

describe('the API', { timeout: BUDGET_MS }, () => {
  it('answers everything with what the contract knows', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ endpoint: one, name, search, body }) => {
        const answer = await api.server.inject({
          method: one.method,
          url: urlOf(one, name, search),
          ...(one.method === 'GET'
            ? {}
            : {
                payload: JSON.stringify(body),
                headers: { 'content-type': 'application/json' },
              }),
        });
        if (answer.statusCode < 400) {
          expect(() => one.response.parse(answer.json())).not.toThrow();
          return;
        }
        const problem = problemSchema.parse(answer.json());
        expect(problem.code, `${one.method} ${one.path}`).not.toBe('internal');
        expect(['invalid_input', 'unknown_endpoint', ...one.errors]).toContain(problem.code);
      }),
      { numRuns: 1_500 },
    );
  });

  it('takes no bytes that are no JSON for anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const answer = await api.server.inject({
          method: 'POST',
          url: '/v1/networks',
          payload: Buffer.from(bytes),
          headers: { 'content-type': 'application/json' },
        });
        expect(answer.statusCode).toBe(400);
        expect(problemSchema.parse(answer.json()).code).toBe('invalid_input');
      }),
      { numRuns: 300 },
    );
  });

  it('takes any path and any headers for what they are', async () => {
    await fc.assert(
      fc.asyncProperty(odd, odd, async (path, header) => {
        const clean = header.replace(/[^\x20-\x7e]/g, '').slice(0, 4_000);
        const answer = await api.server.inject({
          method: 'GET',
          url: `/v1/${encode(path).slice(0, 4_000)}`,
          headers: { 'sallyport-actor': clean },
        });
        expect(answer.statusCode).toBeLessThan(500);
        if (answer.statusCode >= 400)
          expect(problemSchema.safeParse(answer.json()).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('has made, changed and deleted networks meanwhile, all with proper names', async () => {
    const kinds = new Set(api.agent.told.map(({ kind }) => kind));
    for (const kind of ['network.created', 'network.updated', 'network.deleted'])
      expect(kinds).toContain(kind);

    const names = api.host.docker.known.map(({ name }) => name);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);
    expect((await api.agent.run()).failures).toEqual([]);
  });
});
