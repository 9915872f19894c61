import { describe, expect, test } from 'vitest';
import { createClient, requestPath } from './client.ts';
import { SallyportError, toProblem } from './errors.ts';

type Request = Parameters<Parameters<typeof createClient>[0]>[0];

function clientOf(status: number, body: unknown) {
  const asked: Request[] = [];
  const client = createClient(async (request) => {
    asked.push(request);
    return { status, body };
  });
  return { client, asked };
}

describe('a call', () => {
  test('is method, path and body of the endpoint', async () => {
    const { client, asked } = clientOf(200, []);
    await client('verify', { body: { networks: ['a'] } });
    expect(asked).toEqual([{ method: 'POST', path: '/v1/verify', body: { networks: ['a'] } }]);
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
    [500, 'oops', 'answered 500 without a reason'],
    [404, { code: 'made_up' }, 'answered 404 without a reason'],
    [200, { networks: [] }, 'is not of the contract'],
  ])('tells an answer outside the contract as a bug: %i %j', async (status, body, sentence) => {
    const { client } = clientOf(status, body);
    await expect(client('listNetworks', {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(sentence) as unknown,
    });
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
