import type { ServerClient } from '@sallyport/contract/client';
import { describeFieldError, SallyportError } from '@sallyport/contract/errors';
import type { MadePassword } from './stages.ts';
import type { ServerChange, Step } from './section.ts';

/** Networks that come and go with the changes. */
export interface NetworkNames {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Has the server carry the steps out: all of them or none.
 * @returns the passwords that were made with users
 * @throws SallyportError as the server refuses, its fields called as the plan calls what they are of
 */
export async function askTogether(
  server: ServerClient,
  steps: readonly Step[],
  { names, dryRun }: { readonly names: NetworkNames; readonly dryRun: boolean },
): Promise<readonly MadePassword[]> {
  const asked = steps.flatMap(({ change, ask }) => (ask === null ? [] : [{ change, ask }]));
  if (asked.length === 0) return [];
  const body = {
    changes: asked.map(({ ask }) => ask),
    networks: { added: [...names.added], removed: [...names.removed] },
    dryRun,
  };
  try {
    await server('changeTogether', { body });
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    throw inWordsOfThePlan(
      error,
      asked.map(({ change }) => `${change.kind} ${change.name}`),
    );
  }
  return asked.flatMap(({ ask }) => passwordOf(ask));
}

function passwordOf(ask: ServerChange): readonly MadePassword[] {
  if (ask.endpoint !== 'createUser') return [];
  const { name, password } = ask.body;
  return [{ user: name, password }];
}

/** `changes[3].body.runConfig.user` is `image Chromium: runConfig.user`. */
function inWordsOfThePlan(error: SallyportError, things: readonly string[]): SallyportError {
  const { code, remedy } = error;
  const errors = error.errors.map((one) => {
    const [, index = '', field = ''] = /^changes\[(\d+)\](?:\.body)?\.?(.*)$/.exec(one.field) ?? [];
    const thing = things[Number(index)];
    if (index === '' || thing === undefined) return one;
    return { ...one, field: field === '' ? thing : `${thing}: ${field}` };
  });
  if (errors.length === 0) return error;
  const detail = errors.map(describeFieldError).join('\n');
  return new SallyportError(code, detail, { remedy, errors, cause: error });
}
