import { DEFAULT_DESTINATIONS, type Destinations } from '@sallyport/core/destinations';
import { type Prefix, parsePrefix, prefixRange } from '@sallyport/core/prefix';
import { describe, expect, it } from 'vitest';
import { GUIDE_LINKS, guideLink } from '../../test/guide-host.ts';
import { denials, deniedBy, neighboursOf } from './denied.ts';

const NEIGHBOURS = ['192.168.4.0/22', '203.0.113.0/24', '2001:db8:4::/64'] as Prefix[];

function destinations(
  preset: Destinations['preset'],
  lists: { readonly allow?: readonly string[]; readonly deny?: readonly string[] } = {},
): Destinations {
  const { allow = [], deny = [] } = lists;
  return {
    ...DEFAULT_DESTINATIONS,
    preset,
    allow: allow.map(parsePrefix),
    deny: deny.map(parsePrefix),
  };
}

/** Why an address is denied; null: it is not. */
function why(address: string, wish: Destinations, neighbours = NEIGHBOURS): string | null {
  const { family, first } = prefixRange(parsePrefix(address));
  const denied = deniedBy(wish, neighbours)[family];
  return denied.find((range) => range.first <= first && first <= range.last)?.verdict ?? null;
}

const METADATA = '169.254.169.254';

describe('presets', () => {
  it.each([
    ['198.51.100.10', null, null, null],
    ['10.1.2.3', 'private', null, null],
    ['172.31.255.255', 'private', null, null],
    ['172.32.0.0', null, null, null],
    ['192.168.4.1', 'private', null, null],
    ['100.64.0.1', 'private', null, null],
    ['203.0.113.9', 'private', null, null],
    ['169.254.1.1', 'special', 'special', null],
    [METADATA, 'metadata', 'metadata', 'metadata'],
    ['2001:db8:ffff::10', null, null, null],
    ['2001:db8:4::9', 'private', null, null],
    ['fd12::1', 'private', null, null],
    ['fe80::1', 'special', 'special', null],
    ['fd00:ec2::254', 'metadata', 'metadata', 'metadata'],
  ])('%s: internet-only %s, lan-allowed %s, any %s', (address, ...verdicts) => {
    const [internet, lan, any] = verdicts;
    expect(why(address, destinations('internet-only'))).toBe(internet);
    expect(why(address, destinations('lan-allowed'))).toBe(lan);
    expect(why(address, destinations('any'))).toBe(any);
  });
});

describe('lists', () => {
  it('open holes in denied prefixes and deny holes in allowed ones', () => {
    const wish = destinations('lan-allowed', {
      deny: ['0.0.0.0/0', '198.51.100.20/32'],
      allow: ['198.51.100.0/24'],
    });
    expect(why('192.0.2.1', wish)).toBe('denied');
    expect(why('198.51.100.10', wish)).toBeNull();
    expect(why('198.51.100.20', wish)).toBe('denied');
    // The other family is not meant.
    expect(why('2001:db8:ffff::10', wish)).toBeNull();
  });

  it('beat a preset of the same length, and not a longer one', () => {
    expect(why('10.1.2.3', destinations('internet-only', { allow: ['10.0.0.0/8'] }))).toBeNull();
    const wide = destinations('internet-only', { allow: ['8.0.0.0/5', '0.0.0.0/0'] });
    expect(why('10.1.2.3', wide)).toBe('private');
    expect(why('203.0.113.9', wide)).toBe('private');
    expect(why('203.0.113.9', destinations('internet-only', { allow: ['203.0.113.0/24'] }))).toBe(
      null,
    );
  });

  it('open a private range with the neighbours in it', () => {
    const wish = destinations('internet-only', { allow: ['192.168.0.0/16'] });
    expect(why('192.168.4.1', wish)).toBeNull();
    expect(why('192.168.99.1', wish)).toBeNull();
  });

  it('open the metadata service by its own address alone', () => {
    for (const preset of ['internet-only', 'lan-allowed', 'any'] as const) {
      const wide = destinations(preset, { allow: ['169.254.0.0/16', '0.0.0.0/0'] });
      expect(why(METADATA, wide)).toBe('metadata');
      expect(why('169.254.1.1', wide)).toBeNull();
      expect(why(METADATA, destinations(preset, { allow: [METADATA] }))).toBeNull();
    }
  });
});

describe('neighbours', () => {
  it('are the prefixes of the uplinks, each once', () => {
    const [, first, second] = GUIDE_LINKS;
    if (first === undefined || second === undefined) throw new Error('the guide has two uplinks');
    expect(neighboursOf([first, second, second])).toEqual([
      '192.168.4.0/22',
      '192.168.4.0/24',
      '192.168.56.0/24',
    ]);
  });

  it('are not the whole world, whatever an address says', () => {
    expect(neighboursOf([guideLink('ppp0', ['203.0.113.7/0'])])).toEqual([]);
  });

  it('within one another are one, so that a list can open them', () => {
    const nested = ['203.0.113.0/24', '203.0.113.128/25'] as Prefix[];
    const wish = destinations('internet-only', { allow: ['203.0.113.0/24'] });
    expect(why('203.0.113.200', destinations('internet-only'), nested)).toBe('private');
    expect(why('203.0.113.200', wish, nested)).toBeNull();
  });
});

it('networks with the same destinations share one answer', () => {
  const of = denials(NEIGHBOURS);
  expect(of(destinations('any'))).toBe(of(destinations('any')));
  // An allowed prefix is not taken for a denied one.
  expect(of(destinations('any', { allow: ['192.0.2.0/24'] }))).not.toEqual(
    of(destinations('any', { deny: ['192.0.2.0/24'] })),
  );
});
