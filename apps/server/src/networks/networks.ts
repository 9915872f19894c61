import { toProblem, SallyportError } from '@sallyport/contract/errors';
import type { Client } from '@sallyport/contract/client';
import type { AgentLink } from '../agent/agent-link.ts';
import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import { imagesOnNetwork } from '../images/images.ts';
import type { World } from '../ids.ts';
import type { Caller } from '../people/account.ts';

/** What a change of a network needs of the server. */
export interface NetworkWorld {
  readonly db: Db;
  readonly world: World;
  readonly agent: AgentLink;
}

interface NetworkChange {
  readonly caller: Caller;
  /** `network.create` and so on: what was asked for. */
  readonly action: string;
  readonly name: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Passes a change on to the agent. The log and the host can not change in one transaction, so the
 * wish is written first: nothing is done without its entry, and a refusal has one of its own.
 */
export async function changeNetwork<T>(
  { db, world, agent }: NetworkWorld,
  { caller, action, name, details = {} }: NetworkChange,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const write = (what: string, more: Readonly<Record<string, unknown>>): Promise<void> =>
    db.transaction().execute((transaction) =>
      appendAudit(transaction, world.now(), {
        actor: caller.actor,
        action: what,
        objectType: 'network',
        objectId: name,
        details: more,
      }),
    );
  await write(action, details);
  try {
    return await work(agent.as(caller.actor.name));
  } catch (error) {
    const { code, detail } = toProblem(error);
    await write(`${action}-refused`, { code, detail });
    throw error;
  }
}

/** @throws SallyportError `network_in_use` where images are restricted to it, or sessions are on it */
export async function assertNetworkUnused(db: Db, name: string): Promise<void> {
  const images = await imagesOnNetwork(db, name);
  if (images.length === 0) return assertNoSession(db, name);
  throw new SallyportError(
    'network_in_use',
    `Images are restricted to the network ${name}: ${images.join(', ')}.`,
    { remedy: 'Change or delete these images first.' },
  );
}

/** A stopped session has no container that runs, and would never start again. */
async function assertNoSession(db: Db, network: string): Promise<void> {
  const session = await db
    .selectFrom('sessions')
    .select(['id', 'owner_name'])
    .where('network', '=', network)
    .where('state', '!=', 'deleted')
    .limit(1)
    .executeTakeFirst();
  if (session === undefined) return;
  throw new SallyportError(
    'network_in_use',
    `A session is on the network ${network}: ${session.id} of ${session.owner_name}.`,
    { remedy: 'Delete its sessions first.' },
  );
}
