import { describe, expect, test } from 'vitest';
import { createClient, type Question, requestPath } from './client.ts';
import { ENDPOINTS } from './endpoints.ts';
import { SallyportError, toProblem } from './errors.ts';
import { SERVER_ENDPOINTS } from './server/endpoints.ts';

/** What the other side answers, and what it was asked. */
function transportOf(status: number, text: string) {
  const asked: Question[] = [];
  const transport = async (question: Question) => {
    asked.push(question);
    return { status, text };
  };
  return { transport, asked };
}

function clientOf(status: number, body: unknown) {
  const { transport, asked } = transportOf(status, JSON.stringify(body));
  const client = createClient<typeof ENDPOINTS>(ENDPOINTS, { name: 'agent', transport });
  return { client, asked };
}

describe('a call', () => {
  test('is method, path and body of the endpoint', async () => {
    const { client, asked } = clientOf(200, []);
    await client('verify', { body: { networks: ['a'] } });
    const headers = { 'content-type': 'application/json' };
    const text = '{"networks":["a"]}';
    expect(asked).toEqual([{ method: 'POST', path: '/v1/verify', headers, text }]);
  });

  test('without a body says so', async () => {
    const { client, asked } = clientOf(200, []);
    await client('listNetworks', {});
    expect(asked).toEqual([{ method: 'GET', path: '/v1/networks', headers: {}, text: undefined }]);
  });

  test('gives the agent’s own refusal with code, remedy and fields', async () => {
    const errors = [{ field: 'name', value: 'x', message: 'is wrong', remedy: 'correct it' }];
    const refusal = new SallyportError('network_exists', 'It is there.', { remedy: 'Go.', errors });
    const { client } = clientOf(409, toProblem(refusal));
    await expect(client('listNetworks', {})).rejects.toMatchObject({
      code: 'network_exists',
      message: 'It is there.',
      remedy: 'Go.',
      errors,
    });
  });

  test.each([
    [500, '"oops"', 'answered 500 without a reason'],
    [404, '{"code":"made_up"}', 'answered 404 without a reason'],
    [200, '{"networks":[]}', 'is not of the contract'],
    [200, '<html>', 'is not JSON'],
  ])('tells an answer outside the contract as a bug: %i %s', async (status, text, sentence) => {
    const { transport } = transportOf(status, text);
    const client = createClient<typeof ENDPOINTS>(ENDPOINTS, { name: 'agent', transport });
    await expect(client('listNetworks', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(sentence) as unknown,
    });
  });
});

describe('a call of the server', () => {
  const body = { name: 'Night shift' };

  test('carries the version that it changes, and a key where it may be repeated', async () => {
    const { transport, asked } = transportOf(404, '{}');
    const peer = { name: 'server', transport, newKey: () => 'k1' } as const;
    const client = createClient<typeof SERVER_ENDPOINTS>(SERVER_ENDPOINTS, peer);
    await expect(client('createGroup', { body })).rejects.toThrow('without a reason');
    const update = client('updateGroup', { params: { id: 'g 1' }, body, version: 7 });
    await expect(update).rejects.toThrow('without a reason');
    const json = { 'content-type': 'application/json' };
    expect(asked.map(({ path, headers }) => ({ path, headers }))).toEqual([
      { path: '/api/v1/groups', headers: { ...json, 'idempotency-key': 'k1' } },
      { path: '/api/v1/groups/g%201', headers: { ...json, 'if-match': '"7"' } },
    ]);
  });

  test.each([
    [502, '<html>Bad gateway</html>'],
    [502, '"oops"'],
    [200, '<html>'],
  ])('is told as the caller says where no server answers: %i %s', async (status, text) => {
    const { transport } = transportOf(status, text);
    const foreign = () => new SallyportError('server_unreachable', 'It is none.');
    const peer = { name: 'server', transport, foreign } as const;
    const client = createClient<typeof SERVER_ENDPOINTS>(SERVER_ENDPOINTS, peer);
    await expect(client('health', {})).rejects.toThrow('It is none.');
  });

  test('trusts the answer where the route has no schema', async () => {
    const { transport } = transportOf(200, '{"anything":1}');
    const routes = { ...SERVER_ENDPOINTS, health: { method: 'GET', path: '/healthz' } };
    const client = createClient<typeof SERVER_ENDPOINTS>(routes, { name: 'server', transport });
    expect(await client('health', {})).toEqual({ anything: 1 });
  });
});

interface Target {
  readonly path: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
}

test.each<[Target, string]>([
  [
    { path: '/v1/networks/{name}', params: { name: 'a/../b?c#d' } },
    '/v1/networks/a%2F..%2Fb%3Fc%23d',
  ],
  [{ path: '/v1/events', query: { limit: 5, network: undefined } }, '/v1/events?limit=5'],
  [{ path: '/v1/events', query: { network: 'a&b=c' } }, '/v1/events?network=a%26b%3Dc'],
  [{ path: '/v1/host' }, '/v1/host'],
])('requestPath %j is %s', ({ path, params = {}, query = {} }, wanted) => {
  expect(requestPath(path, params, query)).toBe(wanted);
});
