import type { Document } from '@sallyport/contract/document';
import type { SiteDocument } from '@sallyport/contract/server/site-document';
import type { Context } from '../command.ts';
import { type Group, listGroups, listImages } from '../server/find.ts';
import { badInput } from '../show-error.ts';
import { askTogether, type NetworkNames } from './ask-together.ts';
import { imageSection } from './image-section.ts';
import { findNetworkDoor } from './network-door.ts';
import { groupSection, observeUsers, userSection } from './people-sections.ts';
import { type Kind, planSection, type SiteChange, type Step } from './section.ts';
import type { Stage } from './stages.ts';

export interface ApplyOptions {
  readonly prune: boolean;
  /** An administrator agrees to what widens the rights of images. */
  readonly confirmWidening: boolean;
}

/** What a file means for a host and a server. */
export interface SitePlan {
  readonly changes: readonly SiteChange[];
  /** In their order; each is done as a whole or not at all. */
  readonly stages: readonly Stage[];
}

/**
 * Compares the file with what there is, and has agent and server refuse what they would refuse; changes
 * nothing.
 * @throws SallyportError where the file names a group that is nowhere, somebody can't be asked, or anything
 *   of it is refused
 */
export async function planSite(
  context: Context,
  document: SiteDocument,
  options: ApplyOptions,
): Promise<SitePlan> {
  const planned = await planServer(context, document, options);
  const steps = inOrder(planned);
  const networks = await planNetworks(context, document, options.prune);
  const { serverExactly: server } = context;
  const names = networkNames(document, networks.changes);
  if (steps.length > 0) await askTogether(server, steps, { names, dryRun: true });
  const inner = networks.changes.filter(({ action }) => action !== 'delete');
  const removed = networks.changes.filter(({ action }) => action === 'delete');
  // Images name networks: those are made before them, and deleted after them.
  const split = removed.length > 0 && steps.length > 0;
  const first = split ? inner : networks.changes;
  return {
    changes: [...networks.changes, ...planned.map(({ change }) => change)],
    stages: [
      // Also where nothing differs: after its state was lost, this is how the agent is told it again.
      ...(document.networks === undefined
        ? []
        : [{ changes: first, work: () => networks.apply(options.prune && !split) }]),
      ...(steps.length === 0
        ? []
        : [
            {
              changes: steps.map(({ change }) => change),
              work: () => askTogether(server, steps, { names, dryRun: false }),
            },
          ]),
      ...(split ? [{ changes: removed, work: () => networks.apply(true) }] : []),
    ],
  };
}

/** What is named by others is made before them and deleted after them. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const isDeletion = ({ change }: Step): boolean => change.action === 'delete';
  const deletions = steps.filter(isDeletion);
  return [...steps.filter((step) => !isDeletion(step)), ...deletions.toReversed()];
}

interface NetworkPlan {
  readonly changes: readonly SiteChange[];
  readonly apply: (prune: boolean) => Promise<readonly []>;
}

async function planNetworks(
  context: Context,
  { networks }: SiteDocument,
  prune: boolean,
): Promise<NetworkPlan> {
  if (networks === undefined) return { changes: [], apply: async () => [] };
  const document: Document = { networks };
  const door = await findNetworkDoor(context);
  const { changes } = await door.apply({ document, dryRun: true, prune });
  return {
    changes: changes.map(({ action, network, details }) => ({
      kind: 'network',
      action,
      name: network,
      details,
    })),
    apply: async (pruning) => {
      await door.apply({ document, dryRun: false, prune: pruning });
      return [];
    },
  };
}

function networkNames(document: SiteDocument, changes: readonly SiteChange[]): NetworkNames {
  return {
    added: (document.networks ?? []).map(({ name }) => name),
    removed: changes.filter(({ action }) => action === 'delete').map(({ name }) => name),
  };
}

async function planServer(
  { serverExactly: server, randomBytes }: Context,
  { groups, users, images }: SiteDocument,
  { prune, confirmWidening }: ApplyOptions,
): Promise<readonly Step[]> {
  if (groups === undefined && users === undefined && images === undefined) return [];
  const present = await listGroups(server);
  const known = knownGroups(present, groups, prune);
  assertKnown('users', users ?? [], known);
  assertKnown('images', images ?? [], known);
  const steps: Step[] = [];
  if (groups !== undefined) steps.push(...planSection(groupSection(groups, present), prune));
  if (images !== undefined) {
    const surroundings = { groups: present, present: await listImages(server), confirmWidening };
    steps.push(...planSection(imageSection(images, surroundings), prune));
  }
  if (users !== undefined) {
    const surroundings = { groups: present, ...(await observeUsers(server)), randomBytes };
    steps.push(...planSection(userSection(users, surroundings), prune));
  }
  return steps;
}

/** Names of the groups that there will be. */
function knownGroups(
  present: readonly Group[],
  wanted: SiteDocument['groups'],
  prune: boolean,
): ReadonlySet<string> {
  const staying = present.filter(({ everyone }) => everyone || wanted === undefined || !prune);
  return new Set([...staying, ...(wanted ?? [])].map(({ name }) => name));
}

function assertKnown(
  section: Extract<keyof SiteDocument, `${Kind}s`>,
  entries: readonly { readonly groups: readonly string[] }[],
  known: ReadonlySet<string>,
): void {
  for (const [index, entry] of entries.entries()) {
    for (const [place, name] of entry.groups.entries()) {
      if (known.has(name)) continue;
      throw badInput(`${section}[${index}].groups[${place}]`, name, {
        message: 'is no group, neither of the file nor of the server',
        remedy: 'correct the name, or add the group to the file',
      });
    }
  }
}
