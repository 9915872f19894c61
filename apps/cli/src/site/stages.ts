import { SallyportError } from '@sallyport/contract/errors';
import type { SiteChange } from './section.ts';
import { isChange } from './render-plan.ts';

/** A password that was made with its user, to be shown once. */
export interface MadePassword {
  readonly user: string;
  readonly password: string;
}

/** A part of a plan that is done as a whole or not at all. */
export interface Stage {
  readonly changes: readonly SiteChange[];
  readonly work: () => Promise<readonly MadePassword[]>;
}

/** How far it came. */
export interface Outcome {
  readonly done: readonly SiteChange[];
  readonly notDone: readonly SiteChange[];
  /** It was asked for, and the answer was lost. */
  readonly unknown: readonly SiteChange[];
  readonly passwords: readonly MadePassword[];
  /** Why it stopped; null: everything is done. */
  readonly failure: SallyportError | null;
}

/**
 * Carries stages out until one fails. That of the first is the failure itself, since nothing is done then;
 * a later one is told as `apply_incomplete`, with what to do.
 */
export async function carryOut(stages: readonly Stage[]): Promise<Outcome> {
  const passwords: MadePassword[] = [];
  for (const [index, { work }] of stages.entries()) {
    try {
      passwords.push(...(await work()));
    } catch (error) {
      return stopped(stages, index, { error: expected(error), passwords });
    }
  }
  const done = stages.flatMap(({ changes }) => changes);
  return { done, notDone: [], unknown: [], passwords, failure: null };
}

/** A bug, too, must not swallow the passwords. */
function expected(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  return new SallyportError('internal', String(error), { cause: error });
}

function stopped(
  stages: readonly Stage[],
  index: number,
  { error, passwords }: { readonly error: SallyportError; readonly passwords: MadePassword[] },
): Outcome {
  const changesOf = (some: readonly Stage[]): readonly SiteChange[] =>
    some.flatMap(({ changes }) => changes.filter(isChange));
  const isLost = error.code === 'agent_unreachable' || error.code === 'server_unreachable';
  const done = changesOf(stages.slice(0, index));
  const failure =
    done.length === 0
      ? error
      : new SallyportError('apply_incomplete', `It stopped on the way. ${error.message}`, {
          remedy: `${error.remedy === '' ? 'Remove what is in the way' : error.remedy.replace(/\.$/, '')}; then apply the file again: it does the rest.`,
          cause: error,
        });
  return {
    done,
    notDone: changesOf(stages.slice(isLost ? index + 1 : index)),
    unknown: isLost ? changesOf(stages.slice(index, index + 1)) : [],
    passwords,
    failure,
  };
}
