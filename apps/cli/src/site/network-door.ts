import { stat } from 'node:fs/promises';
import type { ApplyResult, applyRequestSchema, Document } from '@sallyport/contract/document';
import type { NetworkView } from '@sallyport/contract/network';
import type * as z from 'zod';
import type { Context } from '../command.ts';

/** By whom the networks of a host are reached. */
export interface NetworkDoor {
  readonly apply: (body: z.input<typeof applyRequestSchema>) => Promise<ApplyResult>;
  readonly exportDocument: () => Promise<Document>;
  readonly list: () => Promise<readonly NetworkView[]>;
}

/** The agent, where its socket is on this machine; else the server, for who is signed in. */
export async function findNetworkDoor(context: Context): Promise<NetworkDoor> {
  const { call, server, serverExactly, socket, logins } = context;
  const isHere = await stat(socket).then(
    () => true,
    () => false,
  );
  if (isHere || (await logins.site()).login === null) {
    return {
      apply: (body) => call('apply', { body }),
      exportDocument: () => call('exportDocument', {}),
      list: () => call('listNetworks', {}),
    };
  }
  return {
    apply: (body) => serverExactly('applyNetworks', { body }),
    exportDocument: () => serverExactly('exportNetworks', {}),
    list: () => server('listNetworks', {}),
  };
}
