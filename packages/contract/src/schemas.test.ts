import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { describeFieldError, SallyportError } from './errors.ts';
import { networkCreateSchema } from './network.ts';
import { parseInput } from './parse.ts';

/** Everything that the agent reads from outside, by endpoint. */
const SCHEMAS: readonly (readonly [string, z.ZodType])[] = (
  Object.entries(ENDPOINTS) as [string, Endpoint][]
).flatMap(([name, { params, query, body }]) =>
  Object.entries({ params, query, body }).flatMap(([kind, schema]) =>
    schema === undefined ? [] : ([[`${name} ${kind}`, schema]] as const),
  ),
);

const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '../../etc/passwd',
  '$(reboot)',
  '; rm -rf /',
  "' OR 1=1 --",
  '%s%n',
  '{{7*7}}',
  '__proto__',
  'constructor',
  '-rf',
  '--flag',
  'a'.repeat(5000),
  '1.2.3.4\n',
  '0x7f.1',
  '010.0.0.1',
  '1.2.3.4/8',
  '::1',
  '::ffff:1.2.3.4',
  '256.1.1.1',
  '1e9',
  'NaN',
  'null',
  '🜁'.repeat(40),
  '\ud800',
];
const KEYS = [
  'name',
  'egress',
  'ipv4',
  'ipv6',
  'route',
  'gateway',
  'subnet',
  'dns',
  'networks',
  'document',
  'dryRun',
  'prune',
  'echo',
  'limit',
  'network',
  '__proto__',
  'constructor',
  'toString',
];

const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));
/** JSON values that get deep into the schemas, because they use the schemas' own keys. */
const { value: nearMiss } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostile,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('z_custom_a', '192.168.4.153', '172.19.0.0/16', 'uplink', 'http://192.0.2.1/'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
}));
const anyJson = fc.oneof(fc.jsonValue(), nearMiss, fc.constant(undefined));

describe.each(SCHEMAS)('%s', (_, schema) => {
  test('gives what it promises, or says which fields are wrong, whatever comes in', () => {
    fc.assert(
      fc.property(anyJson, (input) => {
        const outcome = tryParse(schema, input);
        if (outcome === undefined) return;
        expect(outcome).toBeInstanceOf(SallyportError);
        expect(outcome.code).toBe('invalid_input');
        expect(outcome.errors.length).toBeGreaterThan(0);
        for (const error of outcome.errors) {
          expect(error.field).not.toBe('');
          expect(error.message).not.toBe('');
          expect(describeFieldError(error)).toContain(error.message);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('what was accepted is accepted again as it is', () => {
  fc.assert(
    fc.property(nearMiss, (input) => {
      for (const [, schema] of SCHEMAS) {
        const first = schema.safeParse(input);
        if (first.success) expect(parseInput(schema, first.data)).toEqual(first.data);
      }
    }),
    { numRuns: 300 },
  );
});

const octet = fc.nat(255);
const privateAddress = fc.tuple(octet, octet, octet).map((rest) => `10.${rest.join('.')}`);

test('accepts every usable network (the fuzzing above does not merely refuse all)', () => {
  fc.assert(
    fc.property(
      fc.record({
        name: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,40}x$/),
        egress: fc.record({ ipv4: fc.tuple(privateAddress) }),
        route: fc.constantFrom('uplink' as const, 'main' as const),
        gateway: fc.option(privateAddress),
        dns: fc.option(fc.array(privateAddress, { maxLength: 6 })),
        subnet: fc.option(fc.nat(255).map((third) => `172.19.${third}.0/24`)),
      }),
      (wish) => {
        expect(parseInput(networkCreateSchema, wish)).toMatchObject(wish);
      },
    ),
  );
});

test.each([
  [{ ipv4: [] }, 'egress.ipv4', 'must hold an address'],
  [{ ipv4: ['192.168.4.153', '192.168.4.153'] }, 'egress.ipv4', 'names an address twice'],
  [{ ipv4: ['127.0.0.1'] }, 'egress.ipv4[0]', 'is a loopback address'],
  [{ ipv4: ['0.0.0.0'] }, 'egress.ipv4[0]', 'is an unspecified address'],
  [{ ipv4: ['169.254.1.1'] }, 'egress.ipv4[0]', 'is a link-local address'],
  [{ ipv4: ['224.0.0.1'] }, 'egress.ipv4[0]', 'is a multicast address'],
  [{ ipv4: ['fe80::1'] }, 'egress.ipv4[0]', 'is an IPv6 address where an IPv4 address is expected'],
  [{ ipv4: ['10.0.0.1'], ipv6: ['::1'] }, 'egress.ipv6[0]', 'is a loopback address'],
  [{ ipv4: ['10.0.0.1'], ipv6: ['fe80::1'] }, 'egress.ipv6[0]', 'is a link-local address'],
  [
    { ipv4: ['10.0.0.1'], ipv6: ['192.0.2.1'] },
    'egress.ipv6[0]',
    'is an IPv4 address where an IPv6 address is expected',
  ],
  [
    { ipv4: ['10.0.0.1'], ipv6: ['2001:db8::1', '2001:db8::2'] },
    'egress.ipv6',
    'must hold at most one address',
  ],
  [undefined, 'egress', 'is missing'],
])('egress %j is refused at %s', (egress, field, message) => {
  const error = tryParse(networkCreateSchema, { name: 'a', egress });
  expect(error?.errors).toContainEqual(expect.objectContaining({ field, message }));
});

function tryParse(schema: z.ZodType, input: unknown): SallyportError | undefined {
  try {
    parseInput(schema, input);
    return undefined;
  } catch (error) {
    // Not a check of the type here: the caller's expectation shows what else was thrown.
    return error as SallyportError;
  }
}
