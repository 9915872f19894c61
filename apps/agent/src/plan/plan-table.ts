import type { NftDelta, NftListing, NftTable } from '../ports/nft.ts';
import type { Step } from './steps.ts';

/** What the table looked like right after we replaced it: nft's own spelling of our chains. */
export interface AppliedStructure {
  readonly key: string;
  readonly listing: string;
}

/** Everything of a table but elements; two tables with the same key differ in elements only. */
export function structureKey(table: NftTable): string {
  const sets = Object.entries(table.sets).map(([name, { kind, type, interval }]) => [
    name,
    kind,
    type,
    interval,
  ]);
  return JSON.stringify([table.counters, table.limits, sets, table.chains]);
}

/**
 * At most one step. Elements are compared one by one with what the kernel has; chains by their
 * listing, since only nft knows how it spells a rule. What we have never seen is replaced.
 */
export function planTable(
  desired: NftTable,
  actual: NftListing | null,
  applied: AppliedStructure | null,
): readonly Step[] {
  if (actual === null) return [replace(desired, 'the nftables table inet sallyport is missing')];
  if (applied === null) return [replace(desired, 'the nftables table is from before this start')];
  if (applied.key !== structureKey(desired)) {
    return [replace(desired, 'the rules of the nftables table have to change')];
  }
  if (applied.listing !== actual.structure) {
    return [replace(desired, 'somebody changed the rules of the nftables table inet sallyport')];
  }
  const delta = compareElements(desired, actual);
  const why = describeDelta(delta);
  return why === '' ? [] : [{ kind: 'table.change', args: { delta }, network: null, why }];
}

function replace(table: NftTable, why: string): Step {
  return { kind: 'table.replace', args: { table }, network: null, why };
}

function compareElements(desired: NftTable, actual: NftListing): NftDelta {
  const add: Record<string, readonly string[]> = {};
  const remove: Record<string, readonly string[]> = {};
  for (const [name, { elements }] of Object.entries(desired.sets)) {
    const wanted = new Set(elements);
    const present = new Set(actual.elements[name] ?? []);
    const missing = [...wanted].filter((element) => !present.has(element));
    const surplus = [...present].filter((element) => !wanted.has(element));
    if (missing.length > 0) add[name] = missing;
    if (surplus.length > 0) remove[name] = surplus;
  }
  return { add, remove };
}

const SHOWN = 3;

function describeDelta({ add, remove }: NftDelta): string {
  const lines = [...describeSide(add, 'missing from'), ...describeSide(remove, 'too much in')];
  const more = lines.length - SHOWN;
  return lines.slice(0, SHOWN).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function describeSide(side: NftDelta['add'], how: string): readonly string[] {
  return Object.entries(side).flatMap(([name, elements]) =>
    elements.map((element) => `${element} is ${how} ${name}`),
  );
}
