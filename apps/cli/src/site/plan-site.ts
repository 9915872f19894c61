import type { Document } from '@sallyport/contract/document';
import type { SiteDocument } from '@sallyport/contract/server/site-document';
import type { Context } from '../command.ts';
import { type Group, listGroups, listImages } from '../server/find.ts';
import { badInput } from '../show-error.ts';
import { imageSection } from './image-section.ts';
import { findNetworkDoor } from './network-door.ts';
import { groupSection, observeUsers, userSection } from './people-sections.ts';
import { type Kind, planSection, type SiteChange, type Step } from './section.ts';

/** A password that was made with its user, to be shown once. */
export interface MadePassword {
  readonly user: string;
  readonly password: string;
}

export interface ApplyOptions {
  readonly prune: boolean;
  /** An administrator agrees to what widens the rights of images. */
  readonly confirmWidening: boolean;
}

/** What a file means for a host and a server. */
export interface SitePlan {
  readonly changes: readonly SiteChange[];
  readonly carryOut: (witness: Witness) => Promise<readonly SiteChange[]>;
}

/** Is told of what happens as it happens: what follows may fail. */
export interface Witness {
  /** It is nowhere else. */
  readonly password: (made: MadePassword) => void;
  readonly done: (change: SiteChange) => void;
}

/**
 * Compares the file with what there is; changes nothing.
 * @throws SallyportError where the file names a group that is nowhere, or somebody can't be asked
 */
export async function planSite(
  context: Context,
  document: SiteDocument,
  options: ApplyOptions,
): Promise<SitePlan> {
  const { prune } = options;
  const steps = await planServer(context, document, options);
  const networks = await planNetworks(context, document, prune);
  const changesOf = (ofNetworks: readonly SiteChange[]): readonly SiteChange[] => [
    ...ofNetworks,
    ...steps.map(({ change }) => change),
  ];
  return {
    changes: changesOf(networks.changes),
    carryOut: async (witness) => {
      // Images name networks: those are made before them, and deleted after them.
      const before = await networks.apply(prune && steps.length === 0);
      for (const change of before) witness.done(change);
      for (const { change, carryOut } of inOrder(steps)) {
        const password = (await carryOut?.()) ?? '';
        if (password !== '') witness.password({ user: change.name, password });
        witness.done(change);
      }
      const pruned = prune && steps.length > 0 ? await networks.apply(true) : [];
      const deleted = pruned.filter(({ action }) => action === 'delete');
      const names = new Set(deleted.map(({ name }) => name));
      return changesOf([...before.filter(({ name }) => !names.has(name)), ...deleted]);
    },
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
  readonly apply: (prune: boolean) => Promise<readonly SiteChange[]>;
}

async function planNetworks(
  context: Context,
  { networks }: SiteDocument,
  prune: boolean,
): Promise<NetworkPlan> {
  if (networks === undefined) return { changes: [], apply: async () => [] };
  const document: Document = { networks };
  const door = await findNetworkDoor(context);
  const ask = async (dryRun: boolean, pruning: boolean): Promise<readonly SiteChange[]> => {
    const { changes } = await door.apply({ document, dryRun, prune: pruning });
    return changes.map(({ action, network, details }) => ({
      kind: 'network',
      action,
      name: network,
      details,
    }));
  };
  return { changes: await ask(true, prune), apply: (pruning) => ask(false, pruning) };
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
  if (groups !== undefined) {
    steps.push(...planSection(groupSection(server, groups, present), prune));
  }
  if (images !== undefined) {
    const surroundings = { groups: present, present: await listImages(server), confirmWidening };
    steps.push(...planSection(imageSection(server, images, surroundings), prune));
  }
  // Nothing needs them, and what fails after them would hide their passwords in JSON.
  if (users !== undefined) {
    const surroundings = { groups: present, ...(await observeUsers(server)), randomBytes };
    steps.push(...planSection(userSection(server, users, surroundings), prune));
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
