import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import checkedIn from '../openapi.json' with { type: 'json' };
import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { ERRORS } from './errors.ts';
import { buildOpenApi } from './openapi.ts';

interface Operation {
  readonly operationId: string;
  /** Shared ones are references and have no name here. */
  readonly parameters?: readonly { readonly name?: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = buildOpenApi('1.2.3');
const paths = document['paths'] as Record<string, Record<string, Operation>>;
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

/** A fresh copy: the validator resolves references in place. */
const copy = (): Record<string, unknown> => structuredClone(document) as Record<string, unknown>;

test('is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const result = await validator.validate(copy());
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('the validator would find a fault (negative control)', async () => {
  const broken = copy();
  (broken['paths'] as Record<string, unknown>)['no-slash'] = { get: { responses: 7 } };
  const result = await new Validator().validate(broken);
  expect(result.valid).toBe(false);
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, path = ''] of references) {
    const target = path
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
    expect({ path, type: typeof target }).toEqual({ path, type: 'object' });
  }
});

describe.each(Object.entries(ENDPOINTS) as [string, Endpoint][])('%s', (name, endpoint) => {
  const operation = paths[endpoint.path]?.[endpoint.method.toLowerCase()];

  test('is in the document with all its parameters', () => {
    expect(operation?.operationId).toBe(name);
    const listed = (operation?.parameters ?? []).flatMap(({ name: own }) => own ?? []);
    const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, key]) => key);
    const inQuery = Object.keys(endpoint.query?.shape ?? {});
    expect(listed).toEqual([...inPath, ...inQuery]);
  });

  test('tells every refusal by status and code', () => {
    for (const code of ['invalid_input', 'internal', ...endpoint.errors] as const) {
      const response = JSON.stringify(operation?.responses[ERRORS[code].status]);
      expect(response).toContain(`"${code}"`);
    }
  });
});

test('operations have names of their own', () => {
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations).toHaveLength(Object.keys(ENDPOINTS).length);
});

test('the file that is checked in is fresh but for the version', () => {
  expect({ ...checkedIn, info: {} }).toEqual({ ...JSON.parse(JSON.stringify(document)), info: {} });
});
