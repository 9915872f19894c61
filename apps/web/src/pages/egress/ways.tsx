import type { NetworkView } from '@sallyport/contract/network';
import { texts } from '../../texts.ts';
import { layOutWays, type Node } from './lay-out-ways.ts';

interface WaysProps {
  readonly networks: readonly NetworkView[];
  /** Running sessions by network. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The picture: sessions, networks, addresses, uplinks. A blocked way is red, and is not drawn through. */
export function Ways({ networks, counts }: WaysProps) {
  const { nodes, links, width, height } = layOutWays(networks, counts);
  return (
    <svg className="ways" viewBox={`0 0 ${width} ${height}`} role="img">
      <title>{texts.egress.pictureLabel}</title>
      {links.map(({ id, from, to, blocked }) => (
        <path key={id} d={renderCurve(from, to)} className={blocked ? 'blocked' : undefined} />
      ))}
      {nodes.map((node) => (
        <g key={node.id}>
          <rect
            x={node.x}
            y={node.y}
            width={node.width}
            height={node.height}
            rx={6}
            className={node.blocked ? 'blocked' : undefined}
          />
          <text x={node.x + 12} y={node.y + (node.note === '' ? 25 : 18)}>
            {node.label}
          </text>
          <text x={node.x + 12} y={node.y + 33} className="small">
            {node.note}
          </text>
        </g>
      ))}
    </svg>
  );
}

function renderCurve(from: Node, to: Node): string {
  const startX = from.x + from.width;
  const startY = from.y + from.height / 2;
  const endY = to.y + to.height / 2;
  const middle = (startX + to.x) / 2;
  return `M${startX} ${startY} C${middle} ${startY} ${middle} ${endY} ${to.x} ${endY}`;
}
