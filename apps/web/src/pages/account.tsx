import {
  Alert,
  Button,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Stack,
  TextInput,
  Title,
} from '@mantine/core';
import { PERMISSIONS } from '@sallyport/core/permissions';
import { type SyntheticEvent, useState } from 'react';
import { takeOut, useApi, useChange } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { DeleteButton } from '../parts/delete-button.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { showTime } from '../parts/time.ts';
import { texts } from '../texts.ts';
import { SecondFactor } from './second-factor.tsx';

/** What people do with their own account. */
export function AccountPage() {
  const everywhere = useChange('signOutEverywhere');
  return (
    <Page
      title={texts.account.title}
      actions={
        <Button variant="default" onClick={() => everywhere.mutate({})}>
          {texts.account.everywhere}
        </Button>
      }
    >
      <Keys />
      <div className="cards wide">
        <Password />
        <SecondFactor />
      </div>
    </Page>
  );
}

function Keys() {
  const keys = useApi('listKeys', {});
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const remove = useChange('deleteKey', {
    ahead: (client, { params }) => takeOut(client, ['listKeys', {}], params.id),
  });
  return (
    <Stack gap="sm">
      <Title order={2}>{texts.account.keys}</Title>
      {made !== null && (
        <Alert title={texts.account.shownOnce} role="status">
          <code className="mono">{made}</code>
        </Alert>
      )}
      <ProblemNote error={remove.error} />
      <Loaded query={keys}>
        {(items) => (
          <DataTable
            label={texts.account.keys}
            rows={items}
            keyOf={({ id }) => id}
            empty={texts.account.noKeys}
            columns={[
              { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
              {
                head: texts.account.scopes,
                show: ({ scopes }) => scopes.join(', ') || texts.nothing,
                text: ({ scopes }) => scopes.join(' '),
              },
              { head: texts.account.ends, show: ({ expiresAt }) => showTime(expiresAt) },
              {
                head: texts.actions,
                show: ({ id, name }) => (
                  <DeleteButton
                    what={name}
                    loses={texts.loses.key}
                    onDelete={() => remove.mutate({ params: { id } })}
                  />
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <div>
        <Button onClick={() => setOpen(true)}>{texts.account.addKey}</Button>
      </div>
      {open && <KeyForm onClose={() => setOpen(false)} onMade={setMade} />}
    </Stack>
  );
}

interface KeyFormProps {
  readonly onClose: () => void;
  readonly onMade: (key: string) => void;
}

function KeyForm({ onClose, onMade }: KeyFormProps) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [days, setDays] = useState(90);
  const create = useChange('createKey', ({ key }) => {
    onMade(key);
    onClose();
  });
  const body = { name, days, scopes: PERMISSIONS.filter((scope) => scopes.includes(scope)) };
  return (
    <FormDialog
      title={texts.account.addKey}
      onClose={onClose}
      onSend={() => create.mutate({ body })}
      sending={create.isPending}
      error={create.error}
    >
      <TextInput
        label={texts.name}
        required
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <MultiSelect
        label={texts.account.scopes}
        data={[...PERMISSIONS]}
        value={[...scopes]}
        onChange={setScopes}
      />
      <NumberInput
        label={texts.account.days}
        min={1}
        max={365}
        value={days}
        onChange={(value) => setDays(Number(value))}
      />
    </FormDialog>
  );
}

function Password() {
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const change = useChange('changePassword');
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    change.mutate({ body: { current, new: fresh } });
  };
  return (
    <form className="panel" onSubmit={send}>
      <Stack p="md" gap="sm">
        <Title order={2}>{texts.account.password}</Title>
        <PasswordInput
          label={texts.account.current}
          autoComplete="current-password"
          required
          value={current}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
        <PasswordInput
          label={texts.account.fresh}
          description={texts.users.passwordHelp}
          autoComplete="new-password"
          required
          value={fresh}
          onChange={({ currentTarget }) => setFresh(currentTarget.value)}
        />
        <ProblemNote error={change.error} />
        {change.isSuccess && <Alert role="status">{texts.account.changed}</Alert>}
        <Button type="submit" variant="default" loading={change.isPending}>
          {texts.account.change}
        </Button>
      </Stack>
    </form>
  );
}
