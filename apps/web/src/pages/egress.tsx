import { Button } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { useState } from 'react';
import { useApi, useChange, useMay } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { Adoptables } from './egress/adoptables.tsx';
import { Drops } from './egress/drops.tsx';
import { Events } from './egress/events.tsx';
import { Flows } from './egress/flows.tsx';
import { NetworkForm } from './egress/network-form.tsx';
import { NetworkTable } from './egress/network-table.tsx';
import { Picture } from './egress/picture.tsx';
import { Violations } from './egress/violations.tsx';

/** Who leaves where, and everything that is done about it. */
export function Egress() {
  const networks = useApi('listNetworks', {}, { live: true });
  const manages = useMay()('networks.manage');
  const [open, setOpen] = useState<NetworkView | 'new' | null>(null);
  const remove = useChange('deleteNetwork');
  return (
    <Page
      title={texts.egress.title}
      actions={manages && <Button onClick={() => setOpen('new')}>{texts.egress.add}</Button>}
    >
      <Drops />
      <Loaded query={networks}>
        {(all) => (
          <>
            {all.length > 0 && <Picture networks={all} />}
            <ProblemNote error={remove.error} />
            <NetworkTable
              networks={all}
              manages={manages}
              onEdit={setOpen}
              onDelete={(name) => remove.mutate({ params: { name } })}
            />
          </>
        )}
      </Loaded>
      <Violations />
      <Adoptables />
      <Flows />
      <Events />
      {open !== null && (
        <NetworkForm network={open === 'new' ? null : open} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
