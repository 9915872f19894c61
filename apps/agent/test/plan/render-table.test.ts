import type { NetworkSpec } from '@sallyport/core/network';
import { describe, expect, it } from 'vitest';
import { renderReplace } from '../../src/adapters/nft-text.ts';
import { structureKey } from '../../src/plan/plan-table.ts';
import { renderTable } from '../../src/plan/render-table.ts';
import { resolve } from '../../src/plan/resolve.ts';
import type { NftTable } from '../../src/ports/nft.ts';
import { DOCKER0, GUIDE_LINKS, GUIDE_ROUTES, guideSpec, SPEC_B } from '../guide-host.ts';

const HOST = { links: GUIDE_LINKS, routes: GUIDE_ROUTES, docker: [DOCKER0] };
const tableOf = (specs: readonly NetworkSpec[], host = HOST) =>
  renderTable(resolve(specs, host, []));
const elementsOf = ({ sets }: NftTable, name: string) => sets[name]?.elements;
const rulesOf = ({ chains }: NftTable) => Object.values(chains).flatMap(({ rules }) => rules);

describe('the table of the guide', () => {
  it('is text that an engineer can review', async () => {
    const text = renderReplace(tableOf([guideSpec(), SPEC_B]), {});
    await expect(text).toMatchFileSnapshot('golden/guide-table.nft');
  });
});

describe('any table', () => {
  const many = Array.from({ length: 1_000 }, (_, index) =>
    guideSpec({
      name: `net${index}`,
      subnet: `10.${208 + Math.floor(index / 256)}.${index % 256}.0/24`,
    }),
  );

  it('has the same rules for one network and for 1,000', () => {
    expect(structureKey(tableOf(many))).toBe(structureKey(tableOf([guideSpec()])));
    expect(elementsOf(tableOf(many), 'managed4')).toHaveLength(1_000);
  });

  it('names only what it holds, and jumps only to chains that come before', () => {
    const table = tableOf([guideSpec(), SPEC_B]);
    const known = new Set<string>();
    for (const [name, { rules }] of Object.entries(table.chains)) {
      for (const [, target] of rules.join('\n').matchAll(/jump (\w+)/g))
        expect(known, `${name} jumps to ${target}`).toContain(target);
      known.add(name);
    }
    const text = rulesOf(table).join('\n');
    for (const [, set] of text.matchAll(/@(\w+)/g)) expect(table.sets).toHaveProperty([set ?? '']);
    for (const [, counter] of text.matchAll(/counter name (\w+)/g))
      expect(table.counters).toContain(counter);
    const targets = ['ways', 'reply_ways', 'arrivals'].flatMap((name) => elementsOf(table, name));
    for (const element of targets)
      expect(table.chains).toHaveProperty([element?.replace(/.*jump /, '') ?? '']);
  });

  it('counts every drop by its reason, and uses every counter', () => {
    const table = tableOf([guideSpec()]);
    const rules = rulesOf(table);
    for (const rule of rules.filter((one) => one.endsWith(' drop')))
      expect(rule).toMatch(/counter name \w+ drop$/);
    for (const counter of table.counters)
      expect(rules.join('\n')).toContain(`counter name ${counter} drop`);
  });
});

describe('a network that may not leave', () => {
  const blocked = tableOf([guideSpec({ egress: '192.168.4.99' }), SPEC_B]);

  it('keeps its guard and has no way', () => {
    expect(elementsOf(blocked, 'managed4')).toEqual(['172.19.0.0/16', '172.20.0.0/16']);
    expect(elementsOf(blocked, 'sources4')).toContain('"z_custom_a" . 172.19.0.0/16');
    expect(elementsOf(blocked, 'bridges')).toContain('"z_custom_a"');
    expect(elementsOf(blocked, 'egress4')).toEqual(['172.20.0.0/16 . "enp0s8" . 192.168.56.103']);
    expect(elementsOf(blocked, 'ways')?.map((one) => one.split(' ')[0])).toEqual(['"z_custom_b"']);
  });
});

describe('a network in mode main', () => {
  it('is allowed by its address alone, on whatever interface the main table says', () => {
    const table = tableOf([guideSpec({ route: 'main' })]);
    expect(elementsOf(table, 'egress4')).toEqual([]);
    expect(elementsOf(table, 'egress4_main')).toEqual(['172.19.0.0/16 . 192.168.4.153']);
    expect(elementsOf(table, 'snat4')).toEqual(['172.19.0.0/16 : 192.168.4.153']);
  });
});
