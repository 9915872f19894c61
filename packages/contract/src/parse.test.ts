import { expect, test } from 'vitest';
import { documentSchema } from './document.ts';
import { SallyportError } from './errors.ts';
import { parseInput } from './parse.ts';

function refusal(input: unknown): SallyportError {
  try {
    parseInput(documentSchema, input);
  } catch (error) {
    if (error instanceof SallyportError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('names the field, the value as given, what is wrong, and what to do', () => {
  const error = refusal({ networks: [{ name: 'a', egress: { ipv4: ['010.0.0.1'] } }] });
  expect(error.code).toBe('invalid_input');
  expect(error.errors).toEqual([
    {
      field: 'networks[0].egress.ipv4[0]',
      value: '010.0.0.1',
      message: 'is not an IPv4 address such as 192.0.2.10',
      remedy: 'give an address that an interface of this host has; `sallyport host` lists them',
    },
  ]);
});

test('tells all that is wrong at once', () => {
  const error = refusal({ networks: [{ nam: 'a', egress: { ipv4: 7 } }, 'x'], more: 1 });
  expect(error.errors.map(({ field }) => field)).toEqual([
    'networks[0].name',
    'networks[0].egress.ipv4',
    'networks[0].nam',
    'networks[1]',
    'more',
  ]);
  expect(error.errors[0]).toMatchObject({ message: 'is missing', value: undefined });
});

test.each([
  ['', '[""]'],
  ['a.b', '["a.b"]'],
  ['a\u001b[2J', '["a\\u001b[2J"]'],
  ['__proto__', '__proto__'],
])('an unknown key %j is shown as %s', (key, field) => {
  expect(refusal(JSON.parse(`{${JSON.stringify(key)}: 1}`)).errors).toEqual([
    {
      field,
      value: undefined,
      message: 'is not a known field',
      remedy: 'remove it or correct its name',
    },
  ]);
});

test('a name given twice is refused at the second', () => {
  const network = { name: 'a', egress: { ipv4: '192.168.4.153' } };
  expect(refusal({ networks: [network, network] }).errors).toMatchObject([
    { field: 'networks[1].name', value: 'a', message: 'is named twice' },
  ]);
});

test('one address may be written without a list', () => {
  const { networks } = parseInput(documentSchema, {
    networks: [{ name: 'a', egress: { ipv4: '192.168.4.153' } }],
  });
  expect(networks[0]).toEqual({
    name: 'a',
    egress: { ipv4: ['192.168.4.153'], ipv6: [] },
    fallback: [],
    assign: 'shared',
    onChange: 'reset',
    route: 'uplink',
    gateway6: null,
    subnet6: null,
    gateway: null,
    subnet: null,
    dns: null,
    bandwidth: { upload: null, download: null },
    strict: false,
    destinations: { preset: 'lan-allowed', allow: [], deny: [], hostServices: [] },
  });
});
