import { Button, Group, MultiSelect, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Answer, call } from '../api/call.ts';
import { useAccount, useApi, useChange, useMay } from '../api/use-api.ts';
import type { Bulk } from '../parts/bulk-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { DeleteButton } from '../parts/delete-button.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

type User = Answer<'showUser'>;
const PAGE = { query: { limit: 500 } };

export function Users() {
  const users = useApi('listUsers', PAGE);
  const may = useMay();
  const [open, setOpen] = useState<User | 'new' | null>(null);
  const remove = useChange('deleteUser');
  const me = useAccount().data?.id;
  const manages = may('users.manage');
  return (
    <Page
      title={texts.users.title}
      actions={manages && <Button onClick={() => setOpen('new')}>{texts.users.add}</Button>}
    >
      <ProblemNote error={remove.error} />
      <Loaded query={users}>
        {({ items }) => (
          <DataTable
            label={texts.users.title}
            rows={items}
            keyOf={({ id }) => id}
            empty={texts.nothing}
            bulk={manages && me !== undefined ? bulkOf(me) : undefined}
            columns={[
              { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
              {
                head: texts.users.display,
                show: ({ displayName }) => displayName,
                text: ({ displayName }) => displayName,
              },
              { head: texts.state, show: renderKind, text: renderKind, filter: renderKind },
              {
                head: texts.users.factor,
                show: ({ secondFactor }) => (secondFactor ? texts.users.on : texts.users.off),
              },
              {
                head: texts.actions,
                show: (user) =>
                  manages && (
                    <Group gap={4} wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${texts.edit} ${user.name}`}
                        onClick={() => setOpen(user)}
                      >
                        {texts.edit}
                      </Button>
                      <DeleteButton
                        what={user.name}
                        loses={texts.loses.user}
                        onDelete={() => remove.mutate({ params: { id: user.id } })}
                      />
                    </Group>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {open !== null && (
        <UserForm user={open === 'new' ? null : open} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}

/** @param me the one who asks, who is not locked out by the way */
function bulkOf(me: string): Bulk<User> {
  const words = texts.bulk.users;
  return {
    nameOf: ({ name }) => name,
    actions: [
      {
        word: words.disableWord,
        question: words.disable,
        loses: words.disableLoses,
        applies: ({ id, disabled }) => id !== me && !disabled,
        run: ({ id, version }) =>
          call('updateUser', { params: { id }, version, body: { disabled: true } }),
      },
      {
        word: texts.remove,
        question: words.delete,
        loses: words.deleteLoses,
        applies: ({ id }) => id !== me,
        run: ({ id }) => call('deleteUser', { params: { id } }),
      },
    ],
  };
}

function renderKind({ disabled, administrator }: User): string {
  if (disabled) return texts.users.disabled;
  return administrator ? texts.users.administrator : texts.users.active;
}

function UserForm({ user, onClose }: { readonly user: User | null; readonly onClose: () => void }) {
  const may = useMay();
  const groups = useApi('listGroups', PAGE, { enabled: may('groups.read') });
  const [form, setForm] = useState({
    name: user?.name ?? '',
    displayName: user?.displayName ?? '',
    administrator: user?.administrator ?? false,
    disabled: user?.disabled ?? false,
    groups: user?.groups ?? [],
  });
  const [password, setPassword] = useState('');
  const set = (part: Partial<typeof form>): void => setForm((old) => ({ ...old, ...part }));
  const create = useChange('createUser', onClose);
  const update = useChange('updateUser', onClose);
  const send = (): void => {
    if (user === null) create.mutate({ body: { ...form, password } });
    else {
      const body = { ...form, ...(password !== '' && { password }) };
      update.mutate({ params: { id: user.id }, version: user.version, body });
    }
  };
  return (
    <FormDialog
      title={user === null ? texts.users.add : texts.images.editing(user.name)}
      onClose={onClose}
      onSend={send}
      sending={create.isPending || update.isPending}
      error={create.error ?? update.error}
    >
      <TextInput
        label={texts.name}
        required
        value={form.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <TextInput
        label={texts.users.display}
        value={form.displayName}
        onChange={({ currentTarget }) => set({ displayName: currentTarget.value })}
      />
      <PasswordInput
        label={user === null ? texts.users.password : texts.users.newPassword}
        description={user === null ? texts.users.passwordHelp : texts.users.keepPassword}
        required={user === null}
        autoComplete="new-password"
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <MultiSelect
        label={texts.users.groups}
        data={(groups.data?.items ?? [])
          .filter(({ everyone }) => !everyone)
          .map(({ id, name }) => ({ value: id, label: name }))}
        value={form.groups}
        onChange={(ids) => set({ groups: ids })}
      />
      <Switch
        label={texts.users.administrator}
        checked={form.administrator}
        onChange={({ currentTarget }) => set({ administrator: currentTarget.checked })}
      />
      <Switch
        label={texts.users.disabled}
        checked={form.disabled}
        onChange={({ currentTarget }) => set({ disabled: currentTarget.checked })}
      />
    </FormDialog>
  );
}
