import { SallyportError } from '@sallyport/contract/errors';
import { renderReplace } from '../../src/adapters/nft-text.ts';
import type { Nft, NftCounter, NftDelta, NftSet, NftTable } from '../../src/ports/nft.ts';
import { boxOf, findOverlap } from './element-overlap.ts';
import type { Mutations } from './mutations.ts';

/** Elements by key; for a set the key is the element. */
type Elements = Map<string, string>;

interface Loaded {
  readonly table: NftTable;
  readonly elements: ReadonlyMap<string, Elements>;
  readonly counters: Map<string, NftCounter>;
}

/** One nftables table in memory, with the refusals of nft 1.0.6 that a wrong plan would meet. */
export class FakeNft implements Nft {
  readonly #mutations: Mutations;
  #loaded: Loaded | null = null;
  /** Rules that somebody else has put into our chains. */
  #foreign = '';

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  /** What `nft flush ruleset` does to us. */
  flushRuleset(): void {
    this.#loaded = null;
    this.#foreign = '';
  }

  /** Somebody adds a rule to one of our chains. */
  tamper(rule: string): void {
    this.#foreign += `${rule}\n`;
  }

  /** Somebody removes an element behind our back; fine where it is not there. */
  loseElement(set: string, element: string): void {
    this.#loaded?.elements.get(set)?.delete(keyOf(element));
  }

  /** The guard stops packets. */
  hit(counter: string, { packets, bytes }: NftCounter): void {
    const before = this.#loaded?.counters.get(counter);
    if (before === undefined) throw new Error(`there is no counter ${counter}`);
    this.#loaded?.counters.set(counter, {
      packets: before.packets + packets,
      bytes: before.bytes + bytes,
    });
  }

  replaceTable(
    table: NftTable,
    counters: Readonly<Record<string, NftCounter>> = {},
  ): Promise<void> {
    return this.#mutations.mutate('nft.replaceTable', () => {
      refuseDangling(table);
      const elements = new Map(
        Object.entries(table.sets).map(([name, set]) => {
          const held: Elements = new Map();
          add(held, set, set.elements);
          return [name, held] as const;
        }),
      );
      const none = { packets: 0, bytes: 0 };
      const started = new Map(table.counters.map((name) => [name, counters[name] ?? none]));
      this.#loaded = { table, elements, counters: started };
      this.#foreign = '';
    });
  }

  changeElements(delta: NftDelta): Promise<void> {
    return this.#mutations.mutate('nft.changeElements', () => {
      const loaded = this.#loaded;
      // An empty file is fine, table or not.
      if (Object.keys({ ...delta.add, ...delta.remove }).length === 0) return;
      if (loaded === null) throw refused('No such file or directory');
      // On a copy: a transaction that fails changes nothing.
      const elements = new Map(
        [...loaded.elements].map(([name, held]) => [name, new Map(held)] as const),
      );
      for (const [name, list] of Object.entries(delta.remove)) {
        const held = elements.get(name);
        if (held === undefined) throw refused('No such file or directory');
        for (const element of list) {
          if (!held.delete(keyOf(element))) throw refused('element does not exist');
        }
      }
      for (const [name, list] of Object.entries(delta.add)) {
        const held = elements.get(name);
        const set = loaded.table.sets[name];
        if (held === undefined || set === undefined) throw refused('No such file or directory');
        add(held, set, list);
      }
      this.#loaded = { ...loaded, elements };
    });
  }

  /** Sorted elements by set; none where there is no table. */
  get elements(): Readonly<Record<string, readonly string[]>> {
    const entries = [...(this.#loaded?.elements ?? [])].map(
      ([name, held]) => [name, [...held.values()].toSorted()] as const,
    );
    return Object.fromEntries(entries);
  }

  async listTable() {
    if (this.#loaded === null) return null;
    const { table } = this.#loaded;
    const empty = Object.entries(table.sets).map(
      ([name, set]) => [name, { ...set, elements: [] }] as const,
    );
    const bare = { ...table, sets: Object.fromEntries(empty) };
    return {
      elements: this.elements,
      structure: renderReplace(bare, {}) + this.#foreign,
    };
  }

  async counters() {
    return Object.fromEntries(this.#loaded?.counters ?? []);
  }

  deleteTable(): Promise<void> {
    return this.#mutations.mutate('nft.deleteTable', () => this.flushRuleset());
  }

  textOf(table: NftTable): string {
    return renderReplace(table, {});
  }

  async version(): Promise<string> {
    return '1.0.6';
  }
}

function add(held: Elements, { kind, interval }: NftSet, added: readonly string[]): void {
  for (const element of added.map(asListed)) {
    const key = keyOf(element);
    if (kind === 'map' && (held.get(key) ?? element) !== element) throw refused('File exists');
    held.set(key, element);
  }
  const overlap = interval ? findOverlap([...held.keys()].map(boxOf)) : null;
  if (overlap !== null) throw refused('conflicting intervals specified');
}

/** nft prints a single address without its length. */
function asListed(element: string): string {
  return element.replaceAll(/\/32(?= |$)/g, '');
}

function keyOf(element: string): string {
  return asListed(element).split(' : ')[0] ?? element;
}

/** What nft refuses: a jump to a chain, or a look into a set, that is not defined. */
function refuseDangling({ sets, chains, counters }: NftTable): void {
  const rules = Object.values(chains).flatMap((chain) => chain.rules);
  const elements = Object.values(sets).flatMap((set) => set.elements);
  for (const text of [...rules, ...elements]) {
    for (const [, chain = ''] of text.matchAll(/\b(?:jump|goto) (\S+)/g)) {
      if (!Object.hasOwn(chains, chain)) throw refused(`there is no chain ${chain}`);
    }
    for (const [, set = ''] of text.matchAll(/@([a-z]\w*)/g)) {
      if (!Object.hasOwn(sets, set)) throw refused(`there is no set ${set}`);
    }
    for (const [, counter = ''] of text.matchAll(/counter name "?(\w+)/g)) {
      if (!counters.includes(counter)) throw refused(`there is no counter ${counter}`);
    }
  }
}

function refused(why: string): SallyportError {
  return new SallyportError('host_refused', `nft refused the table: ${why}`);
}
