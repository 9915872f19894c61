import type { ServerInput } from '@sallyport/contract/client';
import type { Change } from '@sallyport/contract/document';

export type Kind = 'network' | 'group' | 'user' | 'image';

/** One difference between a file and what there is. */
export interface SiteChange {
  readonly kind: Kind;
  readonly action: Change['action'];
  readonly name: string;
  /** One line a difference. */
  readonly details: readonly string[];
}

/** A value as the file writes it. */
export type Form = Readonly<Record<string, unknown>>;

/** Something that is there, and how the file would write it. */
export interface Present<F> {
  readonly name: string;
  readonly form: F;
  /** Why it is never deleted; empty where it may be. */
  readonly kept: string;
}

/** What the server is asked for a change. */
export type ServerChange = ServerInput<'changeTogether'>['body']['changes'][number];

/** How one kind of thing is compared and changed. */
export interface Section<F extends Form, P extends Present<F>> {
  readonly kind: Kind;
  readonly present: readonly P[];
  readonly wanted: readonly F[];
  readonly nameOf: (form: F) => string;
  /** Whether the file means this one. */
  readonly matches: (form: F, present: P) => boolean;
  readonly create: (form: F) => ServerChange;
  readonly update: (present: P, form: F) => ServerChange;
  readonly remove: (present: P) => ServerChange;
}

/** A change with what the server is asked for it. */
export interface Step {
  readonly change: SiteChange;
  /** Null: nothing is to be done. */
  readonly ask: ServerChange | null;
}

/** Pure: what has to be done so that what is present is as it is wanted. */
export function planSection<F extends Form, P extends Present<F>>(
  section: Section<F, P>,
  prune: boolean,
): readonly Step[] {
  const { kind, wanted, present, nameOf, matches } = section;
  const steps = wanted.map((form): Step => {
    const found = present.find((one) => matches(form, one));
    const name = nameOf(form);
    if (found === undefined) {
      const change = { kind, action: 'create', name, details: describe(form) } as const;
      return { change, ask: section.create(form) };
    }
    const details = differences(found.form, form);
    if (details.length === 0) {
      return { change: { kind, action: 'unchanged', name, details }, ask: null };
    }
    const ask = section.update(found, form);
    return { change: { kind, action: 'update', name, details }, ask };
  });
  const extra = present.filter((one) => !wanted.some((form) => matches(form, one)));
  return [...steps, ...extra.map((one) => planExtra(section, one, prune))];
}

function planExtra<F extends Form, P extends Present<F>>(
  { kind, remove }: Section<F, P>,
  present: P,
  prune: boolean,
): Step {
  const { name, kept } = present;
  if (kept !== '' || !prune) {
    const details = kept === '' ? [] : [kept];
    return { change: { kind, action: 'extra', name, details }, ask: null };
  }
  return { change: { kind, action: 'delete', name, details: [] }, ask: remove(present) };
}

/** Lines such as `priority: 100 -> 50`. */
function differences(before: Form, after: Form): readonly string[] {
  const [old, wanted] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])].flatMap((field) => {
    const [from, to] = [shown(field, old.get(field)), shown(field, wanted.get(field))];
    if (same(old.get(field), wanted.get(field))) return [];
    return [isSecret(field) ? `${field}: changed` : `${field}: ${from} -> ${to}`];
  });
}

/** What is not as it would be without a word. */
function describe(form: Form): readonly string[] {
  return [...flat(form)]
    .filter(([field, value]) => field !== 'name' && !isEmpty(value))
    .map(([field, value]) => `${field}: ${shown(field, value)}`);
}

/** Fields of an object one by one, so that a difference says which. */
function flat(form: Form): ReadonlyMap<string, unknown> {
  const entries = Object.entries(form).flatMap(([field, value]): [string, unknown][] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [[field, value]];
    return Object.entries(value).map(([key, one]) => [`${field}.${key}`, one]);
  });
  return new Map(entries.filter(([, value]) => value !== undefined));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === false || value === null || same(value, []);
}

/** Environments hold passwords and tokens as often as not. */
function isSecret(field: string): boolean {
  return /^(runConfig\.)?environment\b/.test(field);
}

const SHOWN_LIMIT = 60;

function shown(field: string, value: unknown): string {
  if (value === undefined) return 'not set';
  if (isSecret(field)) return '(set)';
  if (value === null || same(value, []) || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value)
    ? value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  return text.length <= SHOWN_LIMIT ? text : `${text.slice(0, SHOWN_LIMIT)}…`;
}
