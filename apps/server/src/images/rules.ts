import {
  describeFieldError,
  type ErrorCode,
  type FieldError,
  SallyportError,
} from '@sallyport/contract/errors';
import type { ImageDefinition } from '@sallyport/contract/server/images';
import { isAdministrator } from '@sallyport/core/permissions';
import type { Db } from '../db/open-database.ts';
import type { Caller } from '../people/account.ts';
import { WIDENING_FIELDS, wideningOf } from './definition.ts';

/**
 * Images of others' collections ask for wide rights without a word. So they need an administrator
 * who has said yes, at every change: what runs with these rights may be what is changed.
 * @throws SallyportError `widening_unconfirmed` with one entry a field
 */
export function assertWideningConfirmed(
  definition: ImageDefinition,
  { confirmed, caller }: { readonly confirmed: boolean; readonly caller: Caller },
): void {
  const widening = wideningOf(definition);
  const administrator = isAdministrator(caller.principal);
  if (widening.length === 0 || (confirmed && administrator)) return;
  const remedy = administrator
    ? 'leave it out, or send `confirmWidening: true`'
    : 'leave it out, or ask an administrator to sign in and say yes';
  const errors = widening.map((name): FieldError => {
    const field = WIDENING_FIELDS[name];
    const inRunConfig = name !== 'volumes' && name !== 'gpus';
    const value = inRunConfig ? runConfigValue(definition, field) : definition[name];
    return { field, value, message: 'gives the containers wider rights', remedy };
  });
  throw refusal('widening_unconfirmed', errors);
}

function runConfigValue({ runConfig }: ImageDefinition, field: string): unknown {
  return runConfig[field.slice('runConfig.'.length) as keyof typeof runConfig];
}

/**
 * An image that is restricted to no network could never start, and a name that no network has is
 * nearly always a slip of the pen.
 * @param wanted the names that are given now
 * @param present null: the agent can not be asked, and the start of a session will tell
 * @throws SallyportError `invalid_input`
 */
export function assertNetworksNamed(
  { restrictToNetwork, networks }: ImageDefinition,
  wanted: readonly string[],
  present: ReadonlySet<string> | null,
): void {
  if (restrictToNetwork && networks.length === 0) {
    const message = 'must name one network at least where the image is restricted to them';
    const remedy = 'name one, or turn `restrictToNetwork` off';
    throw refusal('invalid_input', [{ field: 'networks', value: networks, message, remedy }]);
  }
  if (present === null) return;
  const errors = wanted.flatMap((name, index): FieldError[] =>
    present.has(name)
      ? []
      : [
          {
            field: `networks[${index}]`,
            value: name,
            message: 'is no egress network of the host',
            remedy: `create it first, or name one of: ${[...present].join(', ') || 'none there yet'}`,
          },
        ],
  );
  if (errors.length > 0) throw refusal('invalid_input', errors);
}

/** @throws SallyportError `group_not_found` */
export async function assertGroupsThere(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await db.selectFrom('groups').select('id').where('id', 'in', ids).execute();
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) {
    throw new SallyportError('group_not_found', `There is no group ${missing}.`);
  }
}

function refusal(code: ErrorCode, errors: readonly FieldError[]): SallyportError {
  return new SallyportError(code, errors.map(describeFieldError).join('\n'), { errors });
}
