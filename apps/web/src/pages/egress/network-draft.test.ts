import { documentSchema } from '@sallyport/contract/document';
import { networkCreateSchema, type NetworkView } from '@sallyport/contract/network';
import { expect, test } from 'vitest';
import { bodyOf, documentOf, draftOf } from './network-draft.ts';

const VIEW: NetworkView = {
  id: 'id',
  name: 'z_all',
  subnet: '10.208.0.0/24',
  subnet6: null,
  bridge: 'z_all',
  egress: { ipv4: ['192.0.2.1', '192.0.2.2'], ipv6: [] },
  fallback: ['192.0.2.9'],
  leaving: null,
  assign: 'per-container',
  onChange: 'drain',
  route: 'main',
  gateway: '192.0.2.254',
  gateway6: null,
  uplink: null,
  nextHop: null,
  uplink6: null,
  nextHop6: null,
  dns: ['9.9.9.9'],
  destinations: {
    preset: 'internet-only',
    allow: ['198.51.100.0/24'],
    deny: ['203.0.113.0/24'],
    hostServices: ['tcp/8080'],
  },
  strict: true,
  bandwidth: { upload: 20_000_000, download: null },
  origin: 'created',
  state: 'Ready',
  reason: '',
  remedy: '',
  conditions: [],
  createdAt: 0,
};

test('what a network has comes back from the form as it was', () => {
  const draft = draftOf(VIEW);
  const { preset, allow, deny } = VIEW.destinations;
  expect(bodyOf(draft)).toEqual({
    egress: VIEW.egress,
    assign: VIEW.assign,
    fallback: VIEW.fallback,
    onChange: VIEW.onChange,
    route: VIEW.route,
    gateway: VIEW.gateway,
    dns: VIEW.dns,
    destinations: { preset, allow, deny },
    strict: true,
    bandwidth: VIEW.bandwidth,
  });
});

test('an untouched form asks for what the contract has as its defaults, and rates as people write them', () => {
  const draft = { ...draftOf(null), name: 'z_new', address: '192.0.2.1', upload: ' 20mbit ' };
  const asked = networkCreateSchema.parse({ name: 'z_new', ...bodyOf(draft) });
  const plain = networkCreateSchema.parse({
    name: 'z_new',
    egress: { ipv4: ['192.0.2.1'] },
    dns: [],
  });
  expect(asked).toEqual({ ...plain, bandwidth: { upload: 20_000_000, download: null } });
});

test('the document of an untouched form says all of a network, also what the form does not show', () => {
  const shown = { ...VIEW, route: 'uplink', gateway6: '2001:db8::1' } as const;
  const [wish] = documentSchema.parse({ networks: [documentOf(draftOf(shown), shown)] }).networks;
  expect(shown).toMatchObject({ ...wish, subnet: shown.subnet, subnet6: shown.subnet6 });
  expect(wish).toMatchObject({ subnet: null, subnet6: null });
});

test('a new network without name servers asks for those of the agent; one that loses its own for none', () => {
  const fresh = { ...draftOf(null), name: 'z_new', address: '192.0.2.1' };
  expect(documentOf(fresh, null).dns).toBeNull();
  expect(documentOf({ ...draftOf(VIEW), dns: [] }, VIEW).dns).toEqual([]);
});
