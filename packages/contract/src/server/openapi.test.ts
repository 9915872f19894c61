import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import checkedIn from '../../openapi.server.json' with { type: 'json' };
import { SERVER_ENDPOINTS } from './endpoints.ts';
import { buildServerOpenApi } from './openapi.ts';

const copy = (): Record<string, unknown> =>
  JSON.parse(JSON.stringify(buildServerOpenApi('1.2.3'))) as Record<string, unknown>;

test('is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(copy());
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('the validator would find a fault (negative control)', async () => {
  const broken = copy();
  (broken['paths'] as Record<string, unknown>)['no-slash'] = { get: { responses: 7 } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('every endpoint says who may call it', () => {
  const methods = Object.values(copy()['paths'] as Record<string, Record<string, object>>);
  const operations = methods.flatMap((byMethod) => Object.values(byMethod));
  expect(operations).toHaveLength(Object.keys(SERVER_ENDPOINTS).length);
  for (const operation of operations) expect(operation).toHaveProperty('x-access');
});

test('the file that is checked in is fresh but for the version', () => {
  expect({ ...checkedIn, info: {} }).toEqual({ ...copy(), info: {} });
});
