import { SallyportError } from '@sallyport/contract/errors';
import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import { decideAccess } from '@sallyport/core/permissions';
import type { Caller } from '../people/account.ts';

/** @throws SallyportError `not_signed_in`, `forbidden` */
export function assertAllowed(
  { access }: Pick<ServerEndpoint, 'access'>,
  caller: Caller | null,
): void {
  switch (decideAccess(access, caller?.principal ?? null)) {
    case 'allowed':
      return;
    case 'not_signed_in':
      throw new SallyportError('not_signed_in', 'Nobody is signed in.', {
        remedy: 'Sign in, or send an API key as `Authorization: Bearer …`.',
      });
    case 'forbidden':
      throw new SallyportError('forbidden', `This needs the permission ${access}.`, {
        remedy: 'Ask an administrator; for an API key, check its scopes.',
      });
  }
}
