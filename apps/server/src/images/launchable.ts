import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkView } from '@sallyport/contract/network';
import type { ImageDefinition, Launchable } from '@sallyport/contract/server/images';
import { hasPermission } from '@sallyport/core/permissions';
import type { AgentLink } from '../agent/agent-link.ts';
import type { Db } from '../db/open-database.ts';
import type { Caller } from '../people/account.ts';
import { definitionOf } from './definition.ts';
import { networkChoices, waysOut } from './ways-out.ts';

/** What a server is set up with that concerns ways out. */
export interface LaunchWorld {
  readonly agent: AgentLink;
  readonly defaultNetwork: string | null;
}

/** The images that somebody may start. Where the agent can not be asked, each says so. */
export async function launchable(
  db: Db,
  caller: Caller,
  { agent, defaultNetwork }: LaunchWorld,
): Promise<Launchable[]> {
  const rows = await db
    .selectFrom('images')
    .selectAll()
    .where('enabled', '=', 1)
    .orderBy('name')
    .execute();
  const mine = rows
    .map((row) => ({ id: row.id, image: definitionOf(row) }))
    .filter(({ image }) => mayUse(caller, image));
  if (mine.length === 0) return [];
  const answer = await networksNow(agent, caller.actor.name);
  const { allowedNetworks } = caller.settings;
  const networks = answer.networks ?? new Map<string, NetworkView>();
  return mine.map(({ id, image }) => {
    const ways = waysOut(image, { networks, defaultNetwork, allowedNetworks, egress: null });
    const reason = answer.reason === '' ? (ways.obstacle?.reason ?? '') : answer.reason;
    return {
      id,
      name: image.name,
      description: image.description,
      picture: image.picture,
      categories: image.categories,
      network: ways.chosen,
      networkChoices: answer.networks === null ? [] : networkChoices(ways.names, networks),
      mayChooseNetwork: ways.mayChoose,
      mayChooseEgress: image.egressMode === 'choice',
      ready: reason === '',
      reason,
    };
  });
}

/**
 * An id of a group that is gone lets nobody in: the image is not everybody's by that. Whoever
 * manages images could let themselves in.
 */
export function mayUse(
  { groups, principal }: Pick<Caller, 'groups' | 'principal'>,
  image: ImageDefinition,
): boolean {
  return (
    image.groups.length === 0 ||
    hasPermission(principal, 'images.manage') ||
    image.groups.some((id) => groups.includes(id))
  );
}

/** The networks as they are, by name; null with the reason where the agent can not be asked. */
export async function networksNow(
  agent: AgentLink,
  actor: string,
): Promise<
  | { readonly networks: ReadonlyMap<string, NetworkView>; readonly reason: '' }
  | { readonly networks: null; readonly reason: string }
> {
  try {
    const networks = await agent.as(actor)('listNetworks', {});
    return { networks: new Map(networks.map((network) => [network.name, network])), reason: '' };
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code === 'internal') throw error;
    return { networks: null, reason: `${error.message} ${error.remedy}`.trim() };
  }
}
