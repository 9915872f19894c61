import { TABLE } from '../constants.ts';
import type {
  NftChain,
  NftCounters,
  NftDelta,
  NftLimit,
  NftListing,
  NftSet,
  NftTable,
} from '../ports/nft.ts';

/*
 * Pure text for nft(8). nft 1.0.6 has no `destroy`, so the table is named, deleted and defined anew;
 * `nft -f` does all of a file in one transaction or nothing.
 */

/** The file that puts this table in the place of whatever is there. */
export function renderReplace(table: NftTable, counters: NftCounters): string {
  return [
    `table inet ${TABLE} {}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    ...table.counters.map((name) => renderCounter(name, counters)),
    ...Object.entries(table.limits).map(([name, limit]) => renderLimit(name, limit)),
    ...Object.entries(table.sets).flatMap(([name, set]) => renderSet(name, set)),
    ...Object.entries(table.chains).flatMap(([name, chain]) => renderChain(name, chain)),
    '}',
    '',
  ].join('\n');
}

/** The file that changes elements only. Removals come first: an interval may only be there once. */
export function renderDelta({ add, remove }: NftDelta): string {
  const lines = (verb: string, side: NftDelta['add']) =>
    Object.entries(side).map(
      ([name, elements]) => `${verb} element inet ${TABLE} ${name} { ${elements.join(', ')} }`,
    );
  return [...lines('delete', remove), ...lines('add', add), ''].join('\n');
}

function renderCounter(name: string, counters: NftCounters): string {
  const { packets, bytes } = counters[name] ?? { packets: 0, bytes: 0 };
  return `  counter ${name} { packets ${packets} bytes ${bytes}; }`;
}

function renderLimit(name: string, { rate, burst }: NftLimit): string {
  return `  limit ${name} { rate over ${rate} bytes/second burst ${burst} bytes; }`;
}

function renderSet(name: string, { kind, type, interval, elements }: NftSet): readonly string[] {
  return [
    `  ${kind} ${name} {`,
    `    type ${type};`,
    ...(interval ? ['    flags interval;'] : []),
    ...(elements.length > 0 ? [`    elements = { ${elements.join(', ')} }`] : []),
    '  }',
  ];
}

function renderChain(name: string, { hook, rules }: NftChain): readonly string[] {
  return [
    `  chain ${name} {`,
    ...(hook === null ? [] : [`    ${hook}`]),
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ];
}

/** Takes a listing of `nft -s list table` apart: elements by set, and all the rest as it is. */
export function parseListing(text: string): NftListing {
  const elements: Record<string, readonly string[]> = {};
  let current = '';
  const structure = text.replace(
    /^\t(?:set|map) (\S+) \{$|^\t\telements = \{([^}]*)\}\n?/gm,
    (whole: string, name: string | undefined, body: string | undefined) => {
      if (name !== undefined) {
        current = name;
        elements[name] = [];
        return whole;
      }
      elements[current] = splitElements(body ?? '');
      return '';
    },
  );
  return { elements, structure };
}

/** One element may be wrapped over lines; none of ours holds a comma. */
function splitElements(body: string): readonly string[] {
  return body
    .split(',')
    .map((element) => element.trim().replace(/\s+/g, ' '))
    .filter((element) => element !== '')
    .toSorted();
}
