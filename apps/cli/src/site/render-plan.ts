import { printableDeep } from '../printable.ts';
import type { Colour, Style } from '../style.ts';
import type { SiteChange } from './section.ts';

type Action = SiteChange['action'];

const SIGNS: Readonly<Record<Action, readonly [sign: string, colour: Colour]>> = {
  create: ['+', 'green'],
  adopt: ['>', 'green'],
  update: ['~', 'yellow'],
  delete: ['-', 'red'],
  unchanged: ['=', 'dim'],
  extra: ['?', 'dim'],
};
const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  adopt: 'adopted',
  update: 'updated',
  delete: 'deleted',
  unchanged: 'unchanged',
  extra: 'not in the file',
};

/** Whether something is to be done. */
export function isChange({ action }: SiteChange): boolean {
  return action !== 'unchanged' && action !== 'extra';
}

/** A line for each thing, with its differences below. The kind is named where there are several. */
export function renderPlan(style: Style, changes: readonly SiteChange[]): string {
  const several = new Set(changes.map(({ kind }) => kind)).size > 1;
  const lines = printableDeep(changes).flatMap(({ kind, action, name, details }) => {
    const [sign, colour] = SIGNS[action];
    const what = several || kind !== 'network' ? `${kind} ${name}` : name;
    if (action === 'extra') {
      const note = details.length === 0 ? '--prune deletes it' : `stays: ${details.join(', ')}`;
      return [style(colour, `${sign} ${what}  (not in the file; ${note})`)];
    }
    return [style(colour, `${sign} ${what}`), ...details.map((line) => `    ${line}`)];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

/** `2 created, 1 unchanged`, or with a verb `2 would be created, 1 unchanged`. */
export function renderCount(changes: readonly SiteChange[], verb: string): string {
  return (Object.keys(DONE) as Action[])
    .map((action) => [action, changes.filter((change) => change.action === action).length] as const)
    .filter(([, number]) => number > 0)
    .map(([action, number]) => {
      const passive = action === 'unchanged' || action === 'extra' ? '' : verb;
      return `${number} ${passive}${DONE[action]}`;
    })
    .join(', ');
}

/** `network a created, user anna updated`; `none` where there is none. */
export function renderNames(changes: readonly SiteChange[], verb: string): string {
  const names = printableDeep(changes).map(
    ({ kind, name, action }) => `${kind} ${name} ${verb}${DONE[action]}`,
  );
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** Where nothing differs. */
export function renderSame(changes: readonly SiteChange[]): string {
  return changes.some(({ action, details }) => action === 'extra' && details.length === 0)
    ? 'Everything in the file is as it says; --prune would delete the rest.\n'
    : 'Everything is as the file says.\n';
}
