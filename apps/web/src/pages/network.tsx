import { Button } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi, useMay } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';
import { Drops } from './egress/drops.tsx';
import { Events } from './egress/events.tsx';
import { Leases } from './egress/leases.tsx';
import { NetworkFacts } from './egress/network-facts.tsx';
import { NetworkForm } from './egress/network-form.tsx';
import { Traffic } from './egress/traffic.tsx';
import { VerifyButton } from './egress/verify-button.tsx';
import { Violations } from './egress/violations.tsx';

/** One network: how it stands, who uses it, and what was stopped. */
export function NetworkPage() {
  const { id: name = '' }: { readonly id?: string } = useParams({ strict: false });
  const network = useApi('showNetwork', { params: { name } }, { live: true });
  const manages = useMay()('networks.manage');
  const [edits, setEdits] = useState(false);
  return (
    <Page
      title={name}
      actions={
        <>
          <PageLink to={PAGES.egress}>{texts.egress.network.back}</PageLink>
          {network.data !== undefined && <VerifyButton name={name} />}
          {network.data !== undefined && manages && (
            <Button size="compact-sm" variant="default" onClick={() => setEdits(true)}>
              {texts.edit}
            </Button>
          )}
        </>
      }
    >
      <Loaded query={network}>
        {(view) => (
          <>
            <NetworkFacts network={view} />
            <Traffic network={name} />
            <Drops />
            {view.assign === 'per-container' && <Leases network={name} />}
            <Violations network={name} />
            <Events network={name} />
            {edits && <NetworkForm network={view} onClose={() => setEdits(false)} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
