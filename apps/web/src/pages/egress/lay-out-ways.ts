import type { NetworkView } from '@sallyport/contract/network';
import { texts } from '../../texts.ts';

/** A box of the picture, in units of the drawing. */
export interface Node {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly note: string;
  readonly blocked: boolean;
}

interface Link {
  readonly id: string;
  readonly from: Node;
  readonly to: Node;
  readonly blocked: boolean;
}

export interface Drawing {
  readonly nodes: readonly Node[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

const WIDTH = 176;
const HEIGHT = 42;
const GAP = 14;
const COLUMN = 240;
const MARGIN = 16;

/** What a column holds before it has a place. */
type Box = Pick<Node, 'id' | 'label' | 'note' | 'blocked'>;

/**
 * Four columns, from left to right. A way that is not ready ends at its network: what is beyond is drawn
 * only for those that get there.
 */
export function layOutWays(
  networks: readonly NetworkView[],
  counts: ReadonlyMap<string, number>,
): Drawing {
  const blocked = (network: NetworkView): boolean => network.state !== 'Ready';
  const addressesOf = ({ egress }: NetworkView) => [...egress.ipv4, ...egress.ipv6];
  const uplinkOf = (network: NetworkView, address: string): string | null =>
    address.includes(':') ? network.uplink6 : network.uplink;
  const addresses = [...new Set(networks.flatMap(addressesOf))];
  const uplinks = [
    ...new Set(
      networks.flatMap((one) => addressesOf(one).flatMap((ip) => uplinkOf(one, ip) ?? [])),
    ),
  ].toSorted();
  const columns: readonly (readonly Box[])[] = [
    networks.map((network) => ({
      id: `s ${network.name}`,
      label: texts.egress.count(counts.get(network.name) ?? 0),
      note: '',
      blocked: false,
    })),
    networks.map((network) => ({
      id: `n ${network.name}`,
      label: network.name,
      note: blocked(network) ? network.state : network.subnet,
      blocked: blocked(network),
    })),
    addresses.map((address) => ({
      id: `a ${address}`,
      label: address,
      note: '',
      blocked: networks.filter((one) => addressesOf(one).includes(address)).every(blocked),
    })),
    uplinks.map((uplink) => ({ id: `u ${uplink}`, label: uplink, note: '', blocked: false })),
  ];
  const tallest = Math.max(...columns.map((boxes) => boxes.length));
  const nodes = columns.flatMap((boxes, column) => {
    const top = MARGIN + ((tallest - boxes.length) * (HEIGHT + GAP)) / 2;
    return boxes.map((box, row) => ({
      ...box,
      x: MARGIN + column * COLUMN,
      y: top + row * (HEIGHT + GAP),
      width: WIDTH,
      height: HEIGHT,
    }));
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const links: Link[] = [];
  const link = (fromId: string, toId: string, isBlocked: boolean): void => {
    const [from, to] = [byId.get(fromId), byId.get(toId)];
    const id = `${fromId} ${toId}`;
    if (from === undefined || to === undefined || links.some((one) => one.id === id)) return;
    links.push({ id, from, to, blocked: isBlocked });
  };
  for (const network of networks) {
    link(`s ${network.name}`, `n ${network.name}`, blocked(network));
    for (const address of addressesOf(network)) {
      link(`n ${network.name}`, `a ${address}`, blocked(network));
      if (!blocked(network)) link(`a ${address}`, `u ${uplinkOf(network, address)}`, false);
    }
  }
  return {
    nodes,
    links,
    width: 2 * MARGIN + 3 * COLUMN + WIDTH,
    height: 2 * MARGIN + tallest * (HEIGHT + GAP) - GAP,
  };
}
