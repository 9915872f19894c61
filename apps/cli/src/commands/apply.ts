import type { ApplyResult, Change } from '@sallyport/contract/document';
import { type Context, defineCommand, type Result } from '../command.ts';
import { readDocument } from '../read-document.ts';
import type { Colour, Style } from '../style.ts';
import { stateWord } from '../style.ts';

export const apply = defineCommand({
  description:
    'Makes the networks as a YAML or JSON file says: creates what is missing, changes what differs, and\n' +
    'deletes what the file does not name only with --prune. Prints the plan first. Does nothing the\n' +
    'second time. With --dry-run it only prints the plan, and ends with 1 where something would change.',
  options: {
    file: {
      short: 'f',
      value: 'FILE',
      summary: 'The file; - reads standard input',
      required: true,
      offer: 'file',
    },
    'dry-run': { summary: 'Only say what would change' },
    prune: { summary: 'Delete networks that the file does not name' },
  },
  examples: [
    'sallyport apply -f networks.yaml --dry-run',
    'sallyport apply -f networks.yaml --prune',
    'sallyport export | sallyport apply -f -',
  ],
  run: async (context, { options }) => {
    const document = await readDocument(options.file, context.readStdin);
    const ask = (dryRun: boolean): Promise<ApplyResult> =>
      context.call('apply', { body: { document, dryRun, prune: options.prune } });
    if (context.json) {
      const result = await ask(options['dry-run']);
      return { json: result, text: () => '', exit: exitOf(result, options['dry-run']) };
    }
    const plan = await ask(true);
    context.print(renderPlan(context.style, plan.changes));
    if (options['dry-run']) return foreseen(plan);
    // Also where nothing differs: after its state was lost, this is how the agent is told it again.
    const result = await context.during('Applying', ask(false));
    return { json: result, text: () => renderOutcome(context, result) };
  },
});

const SIGNS: Readonly<Record<Change['action'], readonly [sign: string, colour: Colour]>> = {
  create: ['+', 'green'],
  adopt: ['>', 'green'],
  update: ['~', 'yellow'],
  delete: ['-', 'red'],
  unchanged: ['=', 'dim'],
  extra: ['?', 'dim'],
};
const DONE: Readonly<Record<Change['action'], string>> = {
  create: 'created',
  adopt: 'adopted',
  update: 'updated',
  delete: 'deleted',
  unchanged: 'unchanged',
  extra: 'not in the file',
};

function isChange({ action }: Change): boolean {
  return action !== 'unchanged' && action !== 'extra';
}

function exitOf({ changes }: ApplyResult, dryRun: boolean): 0 | 1 {
  return dryRun && changes.some(isChange) ? 1 : 0;
}

function foreseen(plan: ApplyResult): Result {
  const differs = plan.changes.some(isChange);
  return {
    json: plan,
    text: () =>
      differs ? `Nothing was done. ${count(plan.changes, 'would be ')}.\n` : asItIs(plan.changes),
    exit: exitOf(plan, true),
  };
}

function asItIs(changes: readonly Change[]): string {
  return changes.some(({ action }) => action === 'extra')
    ? 'Every network of the file is as it says; --prune would delete the others.\n'
    : 'Everything is as the file says.\n';
}

function renderPlan(style: Style, changes: readonly Change[]): string {
  const lines = changes.flatMap(({ action, network, details }) => {
    const [sign, colour] = SIGNS[action];
    const note = action === 'extra' ? '  (not in the file; --prune deletes it)' : '';
    return [style(colour, `${sign} ${network}${note}`), ...details.map((line) => `    ${line}`)];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

/** What was done, and which of the networks do not leave yet. */
async function renderOutcome({ call, style }: Context, { changes }: ApplyResult): Promise<string> {
  const named = new Set(changes.filter(({ action }) => action !== 'extra').map((c) => c.network));
  const waiting = (await call('listNetworks', {}))
    .filter(({ name, state }) => named.has(name) && state !== 'Ready')
    .map(({ name, state, reason, remedy }) => {
      const todo = remedy === '' ? '' : `\n  ${remedy}`;
      return `${name} is ${stateWord(style, state)}: ${reason}${todo}`;
    });
  const done = changes.some(isChange) ? `Done: ${count(changes, '')}.\n` : asItIs(changes);
  return [done, ...waiting.map((line) => `${line}\n`)].join('');
}

function count(changes: readonly Change[], verb: string): string {
  const actions = Object.keys(DONE) as Change['action'][];
  return actions
    .map((action) => [action, changes.filter((change) => change.action === action).length] as const)
    .filter(([, number]) => number > 0)
    .map(([action, number]) => {
      const passive = action === 'unchanged' || action === 'extra' ? '' : verb;
      return `${number} ${passive}${DONE[action]}`;
    })
    .join(', ');
}
