import type { Document } from '@sallyport/contract/document';
import { SallyportError } from '@sallyport/contract/errors';
import { parsePrefix } from '@sallyport/core/prefix';
import type { NetworkSpec } from '@sallyport/core/network';
import { LABEL_ID, LABEL_MANAGED } from '../constants.ts';
import type { Docker, DockerNetwork } from '../ports/docker.ts';
import type { Nft } from '../ports/nft.ts';
import { onlySubnet } from './adoptable.ts';
import type { Defaults } from './wishes.ts';

/**
 * Makes the networks anew whose record was lost: identity, subnet and bridge from Docker's labels, the
 * egress from a document that an administrator wrote. Where they leave is never guessed: a label is
 * as old as the network, and the address may have been changed since.
 * @throws SallyportError `state_lost` when the document leaves out a network that the host has
 */
export function recoverSpecs(
  document: Document,
  docker: readonly DockerNetwork[],
  options: { readonly prune: boolean; readonly defaults: Pick<Defaults, 'now' | 'dns'> },
): readonly NetworkSpec[] {
  const ours = docker.filter(({ labels }) => labels[LABEL_MANAGED] !== undefined);
  const unnamed = ours.filter(({ name }) => !document.networks.some((wish) => wish.name === name));
  if (unnamed.length > 0) {
    const names = unnamed.map(({ name }) => name).join(', ');
    throw new SallyportError(
      'state_lost',
      `The document does not name all networks that this host has: ${names} is missing.`,
      {
        remedy: options.prune
          ? `Remove what is not wanted first: docker network rm ${names.replaceAll(',', '')}`
          : 'Add them to the document.',
      },
    );
  }
  return ours.flatMap((network) => {
    const wish = document.networks.find(({ name }) => name === network.name);
    return wish === undefined ? [] : [fromLabels(network, wish, options.defaults)];
  });
}

function fromLabels(
  network: DockerNetwork,
  wish: Document['networks'][number],
  defaults: Pick<Defaults, 'now' | 'dns'>,
): NetworkSpec {
  if (network.subnets.length !== 1) {
    throw new SallyportError(
      'state_lost',
      `The Docker network ${network.name} has our label, but ${network.subnets.length} IPv4 subnets: no agent made it.`,
      { remedy: `Remove it first: docker network rm ${network.name}` },
    );
  }
  return {
    id: network.labels[LABEL_ID] ?? network.id,
    name: wish.name,
    bridge: network.bridge as NetworkSpec['bridge'],
    subnet: onlySubnet(network),
    subnet6: network.subnets6.map(parsePrefix)[0] ?? null,
    egress: wish.egress,
    fallback: wish.fallback,
    assign: wish.assign,
    onChange: wish.onChange,
    former: [],
    route: wish.route,
    gateway: wish.gateway,
    gateway6: wish.gateway6,
    dns: wish.dns ?? defaults.dns,
    destinations: wish.destinations,
    bandwidth: wish.bandwidth,
    strict: wish.strict,
    origin: 'created',
    createdAt: defaults.now(),
    deleting: false,
  };
}

/** Whether the host carries networks that an agent made, or the guard of one. */
export async function hostHasOurs({
  docker,
  nft,
}: {
  readonly docker: Pick<Docker, 'networks'>;
  readonly nft: Pick<Nft, 'listTable'>;
}): Promise<boolean> {
  // When neither can be asked, nothing is known, and an empty state may be a lost one.
  const labelled = docker.networks().then(hasOurs, () => false);
  const guarded = nft.listTable().then(
    (table) => table !== null,
    () => false,
  );
  return (await labelled) || (await guarded);
}

function hasOurs(docker: readonly DockerNetwork[]): boolean {
  return docker.some(({ labels }) => labels[LABEL_MANAGED] !== undefined);
}
