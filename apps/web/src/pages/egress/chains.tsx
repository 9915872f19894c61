import type { NetworkView } from '@sallyport/contract/network';
import { PAGES } from '@sallyport/contract/server/pages';
import { showBytes } from '../../parts/amount.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import type { Use } from './lay-out-ways.ts';

interface ChainsProps {
  readonly networks: readonly NetworkView[];
  readonly useOf: (network: string) => Use;
}

/** The picture for narrow windows: a line for each network. */
export function Chains({ networks, useOf }: ChainsProps) {
  return (
    <ul className="chains" aria-label={texts.egress.pictureLabel}>
      {networks.map(({ name, state, egress, uplink, uplink6 }) => {
        const { sessions, rate } = useOf(name);
        const isBlocked = state !== 'Ready';
        const addresses = [...egress.ipv4, ...egress.ipv6];
        const links = [uplink, uplink6].filter((one) => one !== null);
        const parts = isBlocked ? [state] : [addresses.join(', '), [...new Set(links)].join(', ')];
        return (
          <li key={name} className={isBlocked ? 'blocked' : ''}>
            {texts.egress.count(sessions)} →{' '}
            <PageLink to={PAGES.network.replace('{id}', name)}>{name}</PageLink>
            {isBlocked ? ' ✕ ' : ' → '}
            <span className="mono">{parts.join(' → ')}</span>
            {rate !== null && (
              <div className="quiet">
                ↑ {texts.egress.traffic.bySecond(showBytes(rate.sent))} ↓{' '}
                {texts.egress.traffic.bySecond(showBytes(rate.received))}
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
