import type { ServerHandlers } from './contract-types.ts';

/** What can take a right away that a live desktop hangs on. */
const REVOKING = [
  'signOut',
  'signOutEverywhere',
  'changePassword',
  'updateUser',
  'deleteUser',
  'updateGroup',
  'deleteGroup',
  'changeTogether',
] as const satisfies readonly (keyof ServerHandlers)[];

type AnyHandler = (input: never) => Promise<unknown>;

/** The same handlers, and after each that can take a right away `work`, before it is answered. */
export function afterRevoking(handlers: ServerHandlers, work: () => Promise<void>): ServerHandlers {
  const wrapped = REVOKING.map((name) => {
    const handle = handlers[name] as AnyHandler;
    const both: AnyHandler = async (input) => {
      const answer = await handle(input);
      await work();
      return answer;
    };
    return [name, both] as const;
  });
  return { ...handlers, ...(Object.fromEntries(wrapped) as Partial<ServerHandlers>) };
}
