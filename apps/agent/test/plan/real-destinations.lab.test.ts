import { PRESETS } from '@sallyport/core/destinations';
import { parsePrefix } from '@sallyport/core/prefix';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNftCli } from '../../src/adapters/nft-cli.ts';
import { planTable, structureKey } from '../../src/plan/plan-table.ts';
import { renderTable } from '../../src/plan/render-table.ts';
import { resolve } from '../../src/plan/resolve.ts';
import {
  createThrowAwayNamespace,
  type ThrowAwayNamespace,
} from '../contract/throw-away-namespace.ts';
import { DOCKER0, GUIDE_LINKS, GUIDE_ROUTES, guideSpec, SPEC_B } from '../guide-host.ts';

/* Whatever lists are given, nft takes them and lists what was meant: else the agent is never done. */

let namespace: ThrowAwayNamespace;
beforeAll(async () => {
  namespace = await createThrowAwayNamespace();
});
afterAll(() => namespace.remove());

/** Prefixes that meet: the same, one within the other, side by side, at the ends of both families. */
const prefixes = fc.uniqueArray(
  fc.constantFrom(
    ...[
      '0.0.0.0/0',
      '0.0.0.0/1',
      '10.0.0.0/8',
      '10.0.0.0/9',
      '10.255.255.255',
      '192.168.4.0/24',
      '192.168.4.7',
      '255.255.255.255',
      '169.254.169.254',
      '::/0',
      'fc00::/7',
      'fd00:ec2::254',
      '2001:db8::/32',
      '2001:db8:0:0:1::/80',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ].map(parsePrefix),
  ),
  { maxLength: 6 },
);
const destinations = fc
  .record({ preset: fc.constantFrom(...PRESETS), allow: prefixes, deny: prefixes })
  .map(({ preset, allow, deny }) => ({
    preset,
    allow: allow.filter((prefix) => !deny.includes(prefix)),
    deny,
    hostServices: [],
  }));

function tableOf(wish: ReturnType<typeof guideSpec>['destinations']) {
  const host = { links: GUIDE_LINKS, routes: GUIDE_ROUTES, docker: [DOCKER0] };
  return renderTable(resolve([guideSpec({ destinations: wish }), SPEC_B], host, []));
}

it('nft holds any lists, and any change from one to another', async () => {
  const nft = createNftCli(namespace.run);
  const look = async () => {
    const listing = await nft.listTable();
    if (listing === null) throw new Error('the table is not there');
    return listing;
  };
  let changes = 0;
  const property = fc.asyncProperty(
    fc.array(destinations, { minLength: 2, maxLength: 4 }),
    async ([first, ...later]) => {
      if (first === undefined) return;
      const table = tableOf(first);
      await nft.replaceTable(table, {});
      const applied = { key: structureKey(table), listing: (await look()).structure };
      expect(planTable(table, await look(), applied)).toEqual([]);
      for (const wish of later) {
        const next = tableOf(wish);
        for (const step of planTable(next, await look(), applied)) {
          if (step.kind !== 'table.change')
            throw new Error(`the whole table is made anew: ${step.why}`);
          await nft.changeElements(step.args.delta);
          changes++;
        }
        expect(planTable(next, await look(), applied)).toEqual([]);
      }
    },
  );
  await fc.assert(property, { numRuns: 40 });
  // Otherwise nothing was changed.
  expect(changes).toBeGreaterThan(20);
});
