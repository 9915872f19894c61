import { Alert, TextInput } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { useState } from 'react';
import { useChange } from '../../api/use-api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { texts } from '../../texts.ts';
import { AddressSelect } from './address-select.tsx';

interface NetworkFormProps {
  readonly network: NetworkView | null;
  readonly onClose: () => void;
}

/** Says what will be done on the host before it is done. @param network null: a new one */
export function NetworkForm({ network, onClose }: NetworkFormProps) {
  const [name, setName] = useState(network?.name ?? '');
  const [address, setAddress] = useState(network?.egress.ipv4[0] ?? null);
  const create = useChange('createNetwork', onClose);
  const update = useChange('updateNetwork', onClose);
  const send = (): void => {
    if (address === null) return;
    const egress = { ipv4: [address] };
    if (network === null) create.mutate({ body: { name, egress } });
    else update.mutate({ params: { name: network.name }, body: { egress } });
  };
  const plan = network === null ? texts.egress.plan : texts.egress.editPlan;
  return (
    <FormDialog
      title={network === null ? texts.egress.add : texts.images.editing(network.name)}
      onClose={onClose}
      onSend={send}
      sending={create.isPending || update.isPending}
      error={create.error ?? update.error}
    >
      <TextInput
        label={texts.name}
        placeholder={texts.egress.networkExample}
        required
        disabled={network !== null}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <AddressSelect value={address} onChange={setAddress} />
      {name !== '' && address !== null && <Alert role="note">{plan(name, address)}</Alert>}
    </FormDialog>
  );
}
