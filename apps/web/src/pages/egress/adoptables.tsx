import { Alert, Button, Code, Stack, Text, Title } from '@mantine/core';
import type { Adoptable } from '@sallyport/contract/network';
import { useState } from 'react';
import { useApi, useChange, useMay } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { texts } from '../../texts.ts';
import { AddressSelect } from './address-select.tsx';

/** Networks made by hand, as in the guide; nothing where there are none. */
export function Adoptables() {
  const { data = [] } = useApi('listAdoptable', {});
  const manages = useMay()('networks.manage');
  const [open, setOpen] = useState<Adoptable | null>(null);
  if (data.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>{texts.egress.adoptable}</Title>
      <Text size="sm" className="quiet">
        {texts.egress.adoptableHelp}
      </Text>
      <DataTable
        label={texts.egress.adoptable}
        rows={data}
        keyOf={({ name }) => name}
        empty={texts.nothing}
        columns={[
          { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
          {
            head: texts.egress.leavesBy,
            show: ({ egressIp }) => <span className="mono">{egressIp ?? ''}</span>,
            text: ({ egressIp }) => egressIp ?? '',
          },
          {
            head: texts.actions,
            show: (found) =>
              found.obstacle ??
              (manages && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${texts.egress.adopt} ${found.name}`}
                  onClick={() => setOpen(found)}
                >
                  {texts.egress.adopt}
                </Button>
              )),
          },
        ]}
      />
      {open !== null && <AdoptForm found={open} onClose={() => setOpen(null)} />}
    </Stack>
  );
}

interface AdoptFormProps {
  readonly found: Adoptable;
  readonly onClose: () => void;
}

function AdoptForm({ found: { name, egressIp, rules }, onClose }: AdoptFormProps) {
  const [address, setAddress] = useState(egressIp);
  const adopt = useChange('adoptNetwork', onClose);
  const send = (): void => {
    if (address !== null) adopt.mutate({ params: { name }, body: { egress: { ipv4: [address] } } });
  };
  return (
    <FormDialog
      title={`${texts.egress.adopt} ${name}`}
      onClose={onClose}
      onSend={send}
      sending={adopt.isPending}
      error={adopt.error}
    >
      <AddressSelect value={address} onChange={setAddress} />
      {address !== null && (
        <Alert role="note">{texts.egress.adoptPlan(name, address, rules.length)}</Alert>
      )}
      {rules.length > 0 && <Code block>{rules.join('\n')}</Code>}
    </FormDialog>
  );
}
