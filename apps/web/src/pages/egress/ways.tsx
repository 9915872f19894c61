import type { NetworkView } from '@sallyport/contract/network';
import { showBytes } from '../../parts/amount.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { layOutWays, type Node, type Use } from './lay-out-ways.ts';
import type { Rate } from './rates.ts';

interface WaysProps {
  readonly networks: readonly NetworkView[];
  readonly useOf: (network: string) => Use;
}

interface RateLabelProps {
  readonly from: Node;
  readonly to: Node;
  readonly rate: Rate | null;
}

/**
 * The picture: sessions, networks, addresses, uplinks, outside; each leads to its page. A blocked way is red, and is
 * not drawn through.
 */
export function Ways({ networks, useOf }: WaysProps) {
  const { nodes, links, width, height } = layOutWays(networks, useOf);
  return (
    <svg
      className="ways"
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label={texts.egress.pictureLabel}
    >
      {links.map(({ id, from, to, blocked, network }) => (
        <g key={id}>
          <path d={renderCurve(from, to)} className={blocked ? 'blocked' : undefined} />
          {network !== null && <RateLabel from={from} to={to} rate={useOf(network).rate} />}
        </g>
      ))}
      {nodes.map((node) => (
        <PageLink key={node.id} to={node.page}>
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
        </PageLink>
      ))}
    </svg>
  );
}

/** What goes out above the line, what comes in below it. */
function RateLabel({ from, to, rate }: RateLabelProps) {
  if (rate === null) return null;
  const x = (from.x + from.width + to.x) / 2;
  const y = to.y + to.height / 2;
  const { bySecond } = texts.egress.traffic;
  return (
    <>
      <text x={x} y={y - 6} className="small rate">
        ↑ {bySecond(showBytes(rate.sent))}
      </text>
      <text x={x} y={y + 15} className="small rate">
        ↓ {bySecond(showBytes(rate.received))}
      </text>
    </>
  );
}

function renderCurve(from: Node, to: Node): string {
  const startX = from.x + from.width;
  const startY = from.y + from.height / 2;
  const endY = to.y + to.height / 2;
  const middle = (startX + to.x) / 2;
  return `M${startX} ${startY} C${middle} ${startY} ${middle} ${endY} ${to.x} ${endY}`;
}
