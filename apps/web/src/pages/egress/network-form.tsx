import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { NetworkView } from '@sallyport/contract/network';
import { useState } from 'react';
import { useChange } from '../../api/use-api.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { texts } from '../../texts.ts';
import { AddressSelect } from './address-select.tsx';
import { isWanted, NetworkAhead, useNetworkAhead } from './network-ahead.tsx';
import { bodyOf, draftOf } from './network-draft.ts';
import { NetworkFields } from './network-fields.tsx';

interface NetworkFormProps {
  readonly network: NetworkView | null;
  readonly onClose: () => void;
}

/** Says what will be done on the host before it can be done. @param network null: a new one */
export function NetworkForm({ network, onClose }: NetworkFormProps) {
  const [draft, setDraft] = useState(draftOf(network));
  const [open, { toggle }] = useDisclosure(false);
  const create = useChange('createNetwork', onClose);
  const update = useChange('updateNetwork', onClose);
  const { change, error } = useNetworkAhead(draft, network);
  const isNew = network === null;
  const { name, address } = draft;
  const send = (): void => {
    if (address === null) return;
    const body = bodyOf(draft);
    if (network !== null) update.mutate({ params: { name: network.name }, body });
    // Name servers that nobody has named are those of the agent.
    else create.mutate({ body: { name, ...body, dns: draft.dns.length > 0 ? body.dns : null } });
  };
  return (
    <FormDialog
      title={isNew ? texts.egress.add : texts.images.editing(network.name)}
      onClose={onClose}
      onSend={send}
      sending={create.isPending || update.isPending}
      ready={isWanted(change, isNew)}
      error={create.error ?? update.error ?? error}
    >
      <TextInput
        label={texts.name}
        placeholder={texts.egress.networkExample}
        required
        disabled={!isNew}
        value={name}
        onChange={({ currentTarget }) => setDraft({ ...draft, name: currentTarget.value })}
      />
      <AddressSelect value={address} onChange={(value) => setDraft({ ...draft, address: value })} />
      <Button
        variant="subtle"
        size="compact-sm"
        w="fit-content"
        aria-expanded={open}
        onClick={toggle}
      >
        {open ? texts.egress.less : texts.egress.more}
      </Button>
      {open && <NetworkFields draft={draft} onChange={setDraft} />}
      {error === null && <NetworkAhead draft={draft} change={change} isNew={isNew} />}
    </FormDialog>
  );
}
