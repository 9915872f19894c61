import { Alert, Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useApi } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { showTime } from '../parts/time.ts';
import { texts } from '../texts.ts';

const PAGE_SIZE = 100;

export function Audit() {
  const [cursor, setCursor] = useState<number | null>(null);
  const [asked, setAsked] = useState(false);
  const query = { limit: PAGE_SIZE, ...(cursor !== null && { cursor }) };
  const entries = useApi('audit', { query }, { live: cursor === null });
  return (
    <Page
      title={texts.audit.title}
      actions={
        <Button variant="default" onClick={() => setAsked(true)}>
          {texts.audit.check}
        </Button>
      }
    >
      {asked && <Chain />}
      <Loaded query={entries}>
        {({ items, nextCursor }) => (
          <>
            <DataTable
              label={texts.audit.title}
              rows={items}
              keyOf={({ seq }) => String(seq)}
              empty={texts.nothing}
              columns={[
                {
                  head: texts.audit.time,
                  show: ({ at }) => <span className="nowrap">{showTime(at)}</span>,
                },
                {
                  head: texts.audit.who,
                  show: ({ actor }) => actor.name,
                  text: ({ actor }) => actor.name,
                },
                {
                  head: texts.audit.what,
                  show: ({ action }) => <span className="mono">{action}</span>,
                  text: ({ action }) => action,
                },
                {
                  head: texts.audit.object,
                  show: ({ objectType, objectId }) => (
                    <>
                      {objectType}{' '}
                      <Text span className="mono quiet" title={objectId}>
                        {objectId.slice(-12)}
                      </Text>
                    </>
                  ),
                  text: ({ objectType, objectId }) => `${objectType} ${objectId}`,
                },
                {
                  head: texts.audit.from,
                  show: ({ actor }) => <span className="mono">{actor.source}</span>,
                  text: ({ actor }) => actor.source,
                },
                {
                  head: texts.audit.details,
                  show: ({ details }) => (
                    <Text size="xs" className="mono quiet" maw={420} truncate>
                      {Object.keys(details).length === 0 ? '' : JSON.stringify(details)}
                    </Text>
                  ),
                },
              ]}
            />
            {nextCursor !== null && (
              <Button variant="default" onClick={() => setCursor(nextCursor)}>
                {texts.audit.older}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What the check of the whole chain says. */
function Chain() {
  const checked = useApi('verifyAudit', {});
  return (
    <Loaded query={checked}>
      {({ intact, entries, reason }) => (
        <Alert color={intact ? 'teal' : 'red'} role="status">
          {intact ? texts.audit.intact(entries) : reason}
        </Alert>
      )}
    </Loaded>
  );
}
