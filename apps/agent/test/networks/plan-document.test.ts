import { DEFAULT_POOL6 } from '../../src/constants.ts';
import { documentSchema } from '@sallyport/contract/document';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { describe, expect, it } from 'vitest';
import { planDocument } from '../../src/networks/plan-document.ts';
import { recoverSpecs } from '../../src/networks/recover.ts';
import type { Surroundings } from '../../src/networks/refusals.ts';
import { exportDocument } from '../../src/networks/views.ts';
import type { Defaults } from '../../src/networks/wishes.ts';
import {
  DOCKER0,
  dockerNetworkOf,
  GUIDE_LINKS,
  GUIDE_ROUTES,
  guideSpec,
  SPEC_B,
} from '../guide-host.ts';
import { refusalOf } from '../refusal-of.ts';

let made = 0;
const DEFAULTS: Defaults = {
  pool6: DEFAULT_POOL6,
  pool: { prefix: parseCidr4('10.208.0.0/12'), size: 24 },
  dns: [],
  id: () => `new-${++made}`,
  now: () => 7,
};
const A = guideSpec();
const HOST: Surroundings = {
  specs: [A, SPEC_B],
  links: GUIDE_LINKS,
  routes: GUIDE_ROUTES,
  docker: [DOCKER0, dockerNetworkOf(A), dockerNetworkOf(SPEC_B)],
};
const wish = (name: string, changes: object = {}) => ({
  name,
  egress: { ipv4: '192.168.4.153' },
  ...changes,
});
const WISH_B = wish('z_custom_b', {
  egress: { ipv4: '192.168.56.103' },
  gateway: '192.168.56.1',
});

function planOf(networks: readonly object[], { prune = false, host = HOST } = {}) {
  const document = documentSchema.parse({ networks });
  return planDocument(document, host, { defaults: DEFAULTS, prune });
}

const actions = (plan: ReturnType<typeof planOf>) =>
  plan.changes.map(({ action, network }) => `${action} ${network}`);

describe('a document', () => {
  it('that names what is there changes nothing', () => {
    const plan = planOf([wish('z_custom_a'), WISH_B]);
    expect(actions(plan)).toEqual(['unchanged z_custom_a', 'unchanged z_custom_b']);
    expect(plan.specs).toEqual([A, SPEC_B]);
  });

  it('that was exported changes nothing', () => {
    expect(actions(planOf(exportDocument([A, SPEC_B]).networks))).toEqual([
      'unchanged z_custom_a',
      'unchanged z_custom_b',
    ]);
  });

  it('tells each difference as it was and as it will be', () => {
    const changed = wish('z_custom_a', {
      egress: { ipv4: '192.168.4.53' },
      route: 'main',
      dns: ['9.9.9.9'],
    });
    const plan = planOf([changed, WISH_B]);
    expect(plan.changes[0]).toEqual({
      action: 'update',
      network: 'z_custom_a',
      details: [
        'egress: 192.168.4.153 -> 192.168.4.53',
        'route: uplink -> main',
        'dns: none -> 9.9.9.9',
      ],
    });
    expect(plan.specs[0]).toMatchObject({ id: A.id, subnet: A.subnet, route: 'main' });
  });

  it('leaves what it does not name, and tells of it; or deletes it where that is asked for', () => {
    const left = planOf([wish('z_custom_a')]);
    expect(actions(left)).toEqual(['unchanged z_custom_a', 'extra z_custom_b']);
    expect(left.specs).toEqual([A, SPEC_B]);
    const pruned = planOf([wish('z_custom_a')], { prune: true });
    expect(actions(pruned)).toEqual(['unchanged z_custom_a', 'delete z_custom_b']);
    expect(pruned.specs).toEqual([A, { ...SPEC_B, deleting: true }]);
  });

  it('gives no subnet twice', () => {
    const plan = planOf([wish('c'), wish('d'), wish('e', { subnet: '10.208.2.0/24' }), wish('f')]);
    expect(plan.specs.slice(0, 4).map(({ name, subnet }) => `${name} ${subnet}`)).toEqual([
      'c 10.208.0.0/24',
      'd 10.208.1.0/24',
      'e 10.208.2.0/24',
      'f 10.208.3.0/24',
    ]);
    expect(refusalOf(() => planOf([wish('c'), wish('d', { subnet: '10.208.0.0/24' })])).code).toBe(
      'subnet_overlap',
    );
  });

  it('adopts what was made by hand, where the subnet is right', () => {
    const hand = guideSpec({ name: 'hand', subnet: '172.30.0.0/16' });
    const docker = [...HOST.docker, dockerNetworkOf(hand, { labels: {} })];
    const host = { ...HOST, docker };
    const plan = planOf([wish('hand', { subnet: '172.30.0.0/16' })], { host });
    expect(plan.changes[0]).toMatchObject({ action: 'adopt', network: 'hand' });
    expect(plan.specs[0]).toMatchObject({ origin: 'adopted', subnet: '172.30.0.0/16' });
    const elsewhere = [wish('hand', { subnet: '172.31.0.0/16' })];
    expect(refusalOf(() => planOf(elsewhere, { host })).code).toBe('subnet_overlap');
  });

  it('changes no subnet, and nothing that is being deleted', () => {
    expect(refusalOf(() => planOf([wish('z_custom_a', { subnet: '10.9.0.0/24' })]))).toMatchObject({
      code: 'subnet_overlap',
      remedy: 'Leave the subnet out, or delete the network first.',
    });
    const host = { ...HOST, specs: [{ ...A, deleting: true }] };
    expect(refusalOf(() => planOf([wish('z_custom_a')], { host }))).toMatchObject({
      code: 'network_in_use',
      remedy: 'Try again when it is gone.',
    });
  });

  it('is refused as a whole for one that can not be', () => {
    const impossible = wish('d', { egress: { ipv4: '172.17.0.1' } });
    expect(refusalOf(() => planOf([wish('c'), impossible])).code).toBe('egress_address_unusable');
  });
});

describe('networks whose record was lost', () => {
  const recover = (networks: readonly object[], { docker = HOST.docker, prune = false } = {}) =>
    recoverSpecs(documentSchema.parse({ networks }), docker, { prune, defaults: DEFAULTS });

  it('get identity, subnet and bridge from Docker, and the egress from the document', () => {
    const moved = wish('z_custom_a', { egress: { ipv4: '192.168.4.53' } });
    expect(recover([moved, WISH_B])).toEqual([
      { ...guideSpec({ egress: '192.168.4.53' }), createdAt: 7 },
      { ...SPEC_B, createdAt: 7 },
    ]);
  });

  it('can not be told where somebody else wrote our label on a network', () => {
    const docker = [dockerNetworkOf(A, { subnets: [] })];
    expect(refusalOf(() => recover([wish('z_custom_a')], { docker }))).toEqual({
      code: 'state_lost',
      message: 'The Docker network z_custom_a has our label, but 0 IPv4 subnets: no agent made it.',
      remedy: 'Remove it first: docker network rm z_custom_a',
    });
  });

  it('are not made by hand; those are for adoption', () => {
    const docker = [DOCKER0, dockerNetworkOf(A, { labels: {} })];
    expect(recover([wish('z_custom_a')], { docker })).toEqual([]);
  });

  it.each([
    [false, 'Add them to the document.'],
    [true, 'Remove what is not wanted first: docker network rm z_custom_b'],
  ])('must all be named, pruned or not (%s)', (prune, remedy) => {
    expect(refusalOf(() => recover([wish('z_custom_a')], { prune }))).toEqual({
      code: 'state_lost',
      message: 'The document does not name all networks that this host has: z_custom_b is missing.',
      remedy,
    });
  });
});
