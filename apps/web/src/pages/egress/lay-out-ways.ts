import type { NetworkView } from '@sallyport/contract/network';
import { PAGES } from '@sallyport/contract/server/pages';
import { texts } from '../../texts.ts';
import type { Rate } from './rates.ts';

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
  /** Where more is told of it. */
  readonly page: string;
}

interface Link {
  readonly id: string;
  readonly from: Node;
  readonly to: Node;
  readonly blocked: boolean;
  /** The network whose traffic goes by it, and no other's. */
  readonly network: string | null;
}

export interface Drawing {
  readonly nodes: readonly Node[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

const WIDTH = 160;
const HEIGHT = 42;
const GAP = 14;
const COLUMN = 236;
const MARGIN = 16;
const OUTSIDE = 'outside';

/** What a column holds before it has a place. */
type Box = Pick<Node, 'id' | 'label' | 'note' | 'blocked' | 'page'>;

/** What is known of a network besides what it is. */
export interface Use {
  /** Running sessions. */
  readonly sessions: number;
  readonly rate: Rate | null;
}

/**
 * Five columns, from left to right. A way that is not ready ends at its network: what is beyond is drawn
 * only for those that get there.
 */
export function layOutWays(
  networks: readonly NetworkView[],
  useOf: (network: string) => Use,
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
      label: texts.egress.count(useOf(network.name).sessions),
      note: texts.egress.active(useOf(network.name).rate?.active ?? 0),
      blocked: false,
      page: PAGES.allSessions,
    })),
    networks.map((network) => ({
      id: `n ${network.name}`,
      label: network.name,
      note: blocked(network) ? network.state : network.subnet,
      blocked: blocked(network),
      page: PAGES.network.replace('{id}', network.name),
    })),
    addresses.map((address) => ({
      id: `a ${address}`,
      label: address,
      note: '',
      blocked: networks.filter((one) => addressesOf(one).includes(address)).every(blocked),
      page: PAGES.host,
    })),
    uplinks.map((uplink) => ({
      id: `u ${uplink}`,
      label: uplink,
      note: '',
      blocked: false,
      page: PAGES.host,
    })),
    uplinks.length === 0
      ? []
      : [
          {
            id: OUTSIDE,
            label: texts.egress.outside,
            note: '',
            blocked: false,
            page: PAGES.egress,
          },
        ],
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
  const link = (
    fromId: string,
    toId: string,
    { isBlocked = false, network = null }: { isBlocked?: boolean; network?: string | null } = {},
  ): void => {
    const [from, to] = [byId.get(fromId), byId.get(toId)];
    const id = `${fromId} ${toId}`;
    if (from === undefined || to === undefined || links.some((one) => one.id === id)) return;
    links.push({ id, from, to, blocked: isBlocked, network });
  };
  for (const network of networks) {
    const isBlocked = blocked(network);
    link(`s ${network.name}`, `n ${network.name}`, { isBlocked, network: network.name });
    for (const address of addressesOf(network)) {
      link(`n ${network.name}`, `a ${address}`, { isBlocked });
      if (!isBlocked) link(`a ${address}`, `u ${uplinkOf(network, address)}`);
    }
  }
  for (const uplink of uplinks) link(`u ${uplink}`, OUTSIDE);
  return {
    nodes,
    links,
    width: 2 * MARGIN + 4 * COLUMN + WIDTH,
    height: 2 * MARGIN + tallest * (HEIGHT + GAP) - GAP,
  };
}
