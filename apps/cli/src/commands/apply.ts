import { type Context, defineCommand, type Result } from '../command.ts';
import { readDocument } from '../read-document.ts';
import { findNetworkDoor } from '../site/network-door.ts';
import { planSite } from '../site/plan-site.ts';
import { isChange, renderCount, renderNames, renderPlan, renderSame } from '../site/render-plan.ts';
import type { SiteChange } from '../site/section.ts';
import { carryOut, type Outcome } from '../site/stages.ts';
import { stateWord } from '../style.ts';

export const apply = defineCommand({
  description:
    'Makes networks, groups, users and images as a YAML or JSON file says: creates what is missing,\n' +
    'changes what differs, and deletes what the file does not name only with --prune. A section that\n' +
    'is not in the file is not touched. Prints the plan first, and does nothing the second time. With\n' +
    '--dry-run it only prints the plan, and ends with 1 where something would change. Before anything\n' +
    'is changed, agent and server are asked whether they would refuse any of it: then nothing is done.',
  options: {
    file: {
      short: 'f',
      value: 'FILE',
      summary: 'The file; - reads standard input',
      required: true,
      offer: 'file',
    },
    'dry-run': { summary: 'Only say what would change' },
    prune: { summary: 'Delete what the sections of the file do not name' },
    'confirm-widening': { summary: 'Yes to images that widen the rights of their containers' },
  },
  examples: [
    'sallyport apply -f site.yaml --dry-run',
    'sallyport apply -f networks.yaml --prune',
    'sallyport export | sallyport apply -f -',
  ],
  run: async (context, { options }) => {
    const document = await readDocument(options.file, context.readStdin);
    const plan = await planSite(context, document, {
      prune: options.prune,
      confirmWidening: options['confirm-widening'],
    });
    if (!context.json) context.print(renderPlan(context.style, plan.changes));
    if (options['dry-run']) return foreseen(plan.changes);
    const outcome = await context.during('Applying', carryOut(plan.stages));
    const { passwords, failure } = outcome;
    const made = passwords.length > 0 && { passwords };
    if (!context.json) {
      for (const { user, password } of passwords) {
        context.print(`The password of ${user} is ${password}\n`);
      }
    }
    if (failure !== null) {
      if (context.json) context.tellBeside({ ...stoppedValue(outcome), ...made });
      else context.print(renderStopped(outcome));
      throw failure;
    }
    return {
      json: { ...valueOf(plan.changes, true), ...made },
      text: () => renderOutcome(context, plan.changes, passwords.length > 0),
    };
  },
});

/** What was done, what not, and of what it is not known. */
function renderStopped({ done, notDone, unknown, passwords }: Outcome): string {
  return [
    passwords.length > 0 ? 'Passwords are shown only now.\n' : '',
    `Done: ${renderNames(done, '')}.\n`,
    notDone.length > 0 ? `Not done: ${renderNames(notDone, 'to be ')}.\n` : '',
    unknown.length > 0 ? `Not known: ${renderNames(unknown, 'to be ')}.\n` : '',
  ].join('');
}

function stoppedValue({ done, notDone, unknown }: Outcome) {
  return { done, notDone, unknown, applied: false };
}

/** Networks keep the field by which they were told before there were other kinds. */
function valueOf(changes: readonly SiteChange[], applied: boolean) {
  return {
    changes: changes.map((change) =>
      change.kind === 'network' ? { ...change, network: change.name } : change,
    ),
    applied,
  };
}

function foreseen(changes: readonly SiteChange[]): Result {
  const differs = changes.some(isChange);
  return {
    json: valueOf(changes, false),
    text: () =>
      differs ? `Nothing was done. ${renderCount(changes, 'would be ')}.\n` : renderSame(changes),
    exit: differs ? 1 : 0,
  };
}

/** What was done, and which of the networks do not leave yet. */
async function renderOutcome(
  context: Context,
  changes: readonly SiteChange[],
  passwords: boolean,
): Promise<string> {
  const named = changes.filter(({ kind, action }) => kind === 'network' && action !== 'extra');
  const names = new Set(named.map(({ name }) => name));
  const { style } = context;
  const networks = names.size === 0 ? [] : await (await findNetworkDoor(context)).list();
  const waiting = networks
    .filter(({ name, state }) => names.has(name) && state !== 'Ready')
    .map(({ name, state, reason, remedy }) => {
      const todo = remedy === '' ? '' : `\n  ${remedy}`;
      return `${name} is ${stateWord(style, state)}: ${reason}${todo}\n`;
    });
  const done = changes.some(isChange)
    ? `Done: ${renderCount(changes, '')}.\n`
    : renderSame(changes);
  return [passwords ? 'Passwords are shown only now.\n' : '', done, ...waiting].join('');
}
