import type { ImageDefinition, Launchable } from '@sallyport/contract/server/images';
import type { NetworkView } from '@sallyport/contract/network';
import type { GroupSettings } from '@sallyport/core/group-settings';

/** What decides where a session of an image may go. */
export interface WayOutWorld {
  /** Networks of the host as they are now, by name. */
  readonly networks: ReadonlyMap<string, NetworkView>;
  /** The network of images that are restricted to none; null: there is no such network. */
  readonly defaultNetwork: string | null;
  readonly allowedNetworks: GroupSettings['allowedNetworks'];
  /** What somebody has chosen, where the image lets people choose; null: nothing. */
  readonly egress: 'network' | 'own' | null;
}

/** Why a session can not have a way out, with the remedy in the sentence. */
export interface NoWayOut {
  readonly code: 'no_default_network' | 'network_not_allowed' | 'network_not_ready';
  readonly reason: string;
}

export interface WaysOut {
  /** In the order of preference, without those that the person may not have. */
  readonly names: readonly string[];
  readonly mayChoose: boolean;
  /** Where a session goes without a choice: the first that is ready, else the first. */
  readonly chosen: string | null;
  /** null: a session can start there now. */
  readonly obstacle: NoWayOut | null;
}

/** Pure: on which networks sessions of an image may be, for one person. */
export function waysOut(image: ImageDefinition, world: WayOutWorld): WaysOut {
  const { networks, defaultNetwork, allowedNetworks } = world;
  const wanted = wantedNames(image, world).filter((name) => hasEgress(image, world, name));
  const names = wanted.filter((name) => allowedNetworks === null || allowedNetworks.includes(name));
  const isReady = (name: string): boolean => networks.get(name)?.state === 'Ready';
  const chosen = names.find(isReady) ?? names[0] ?? null;
  const mayChoose = image.allowNetworkSelection && names.length > 1;
  if (chosen !== null) {
    return { names, mayChoose, chosen, obstacle: obstacleOf(chosen, networks.get(chosen)) };
  }
  const others = wantedNames(image, world);
  const obstacle: NoWayOut =
    wanted.length === 0 && others.length > 0
      ? { code: 'network_not_ready', reason: noSuchEgress(others, egressOf(image, world)) }
      : !image.restrictToNetwork && defaultNetwork === null
        ? {
            code: 'no_default_network',
            reason:
              'The image is restricted to no network, and the server has no default network: restrict the image, or start the server with --default-network NAME.',
          }
        : {
            code: 'network_not_allowed',
            reason: `Your groups allow none of its networks: ${wanted.join(', ')}. Ask an administrator.`,
          };
  return { names, mayChoose, chosen, obstacle };
}

/** How a session is to leave; null: either way is right. */
function egressOf({ egressMode }: ImageDefinition, { egress }: WayOutWorld) {
  return egressMode === 'own' ? 'own' : egressMode === 'choice' ? egress : null;
}

/** A network that the host does not have is told as that. */
function hasEgress(image: ImageDefinition, world: WayOutWorld, name: string): boolean {
  const assign = world.networks.get(name)?.assign;
  const egress = egressOf(image, world);
  if (assign === undefined || egress === null) return true;
  return (assign === 'per-container') === (egress === 'own');
}

function noSuchEgress(names: readonly string[], egress: ReturnType<typeof egressOf>): string {
  const [first = ''] = names;
  return egress === 'own'
    ? `None of its networks (${names.join(', ')}) gives each session an address of its own: sallyport network update ${first} --assign per-container`
    : `All of its networks (${names.join(', ')}) give each session an address of its own: choose that.`;
}

/** Why a session can not start on this very network now; null when it can. */
export function obstacleOf(name: string, network: NetworkView | undefined): NoWayOut | null {
  if (network === undefined) {
    const reason = `The host has no egress network ${name}: create it, or change the image.`;
    return { code: 'network_not_ready', reason };
  }
  if (network.state === 'Ready') return null;
  // The agent's reasons are halves of sentences, without a full stop.
  const why = network.reason.replace(/\.?$/, '.');
  const reason = `The network ${name} is ${network.state}: ${why} ${network.remedy}`;
  return { code: 'network_not_ready', reason: reason.trim() };
}

function wantedNames(
  { restrictToNetwork, networks, allowNetworkSelection }: ImageDefinition,
  world: WayOutWorld,
): readonly string[] {
  if (restrictToNetwork) return networks;
  const { defaultNetwork } = world;
  const first = defaultNetwork === null ? [] : [defaultNetwork];
  if (!allowNetworkSelection) return first;
  const others = [...world.networks.keys()].filter((name) => name !== defaultNetwork);
  return [...first, ...others.toSorted()];
}

/** The ways out as a person who chooses sees them. */
export function networkChoices(
  names: readonly string[],
  networks: WayOutWorld['networks'],
): Launchable['networkChoices'] {
  return names.map((name) => {
    const network = networks.get(name);
    if (network === undefined) {
      const reason = 'The host has no such egress network.';
      return { name, state: 'Error', reason, egress: [], uplink: null, ownAddress: false };
    }
    const { state, reason, egress, uplink } = network;
    const ownAddress = network.assign === 'per-container';
    return { name, state, reason, egress: [...egress.ipv4, ...egress.ipv6], uplink, ownAddress };
  });
}
