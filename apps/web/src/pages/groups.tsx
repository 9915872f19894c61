import { Button, Group, MultiSelect, NumberInput, TextInput } from '@mantine/core';
import { PERMISSIONS } from '@sallyport/core/permissions';
import { useState } from 'react';
import type { Answer } from '../api/call.ts';
import { useApi, useChange, useMay } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { DeleteButton } from '../parts/delete-button.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { JsonField, readJsonObject } from '../parts/json-field.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

type GroupView = Answer<'showGroup'>;

export function Groups() {
  const groups = useApi('listGroups', { query: { limit: 500 } });
  const manages = useMay()('groups.manage');
  const [open, setOpen] = useState<GroupView | 'new' | null>(null);
  const remove = useChange('deleteGroup');
  return (
    <Page
      title={texts.groups.title}
      actions={manages && <Button onClick={() => setOpen('new')}>{texts.groups.add}</Button>}
    >
      <ProblemNote error={remove.error} />
      <Loaded query={groups}>
        {({ items }) => (
          <DataTable
            label={texts.groups.title}
            rows={items}
            keyOf={({ id }) => id}
            empty={texts.nothing}
            columns={[
              { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
              {
                head: texts.description,
                show: ({ description }) => description,
                text: ({ description }) => description,
              },
              { head: texts.groups.priority, show: ({ priority }) => priority },
              {
                head: texts.groups.permissions,
                show: ({ permissions }) => permissions.join(', ') || texts.nothing,
                text: ({ permissions }) => permissions.join(' '),
              },
              {
                head: texts.actions,
                show: (group) =>
                  manages && (
                    <Group gap={4} wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${texts.edit} ${group.name}`}
                        onClick={() => setOpen(group)}
                      >
                        {texts.edit}
                      </Button>
                      <DeleteButton
                        what={group.name}
                        loses={texts.loses.group}
                        disabled={group.everyone}
                        onDelete={() => remove.mutate({ params: { id: group.id } })}
                      />
                    </Group>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {open !== null && (
        <GroupForm group={open === 'new' ? null : open} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}

interface GroupFormProps {
  readonly group: GroupView | null;
  readonly onClose: () => void;
}

function GroupForm({ group, onClose }: GroupFormProps) {
  const [form, setForm] = useState({
    name: group?.name ?? '',
    description: group?.description ?? '',
    priority: group?.priority ?? 100,
    permissions: group?.permissions ?? [],
  });
  const [settings, setSettings] = useState(JSON.stringify(group?.settings ?? {}, null, 2));
  const set = (part: Partial<typeof form>): void => setForm((old) => ({ ...old, ...part }));
  const create = useChange('createGroup', onClose);
  const update = useChange('updateGroup', onClose);
  const send = (): void => {
    const read = readJsonObject(settings);
    if (read === null) return;
    const body = { ...form, settings: read };
    if (group === null) create.mutate({ body });
    else update.mutate({ params: { id: group.id }, version: group.version, body });
  };
  return (
    <FormDialog
      title={group === null ? texts.groups.add : texts.images.editing(group.name)}
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
        label={texts.description}
        value={form.description}
        onChange={({ currentTarget }) => set({ description: currentTarget.value })}
      />
      <NumberInput
        label={texts.groups.priority}
        description={texts.groups.priorityHelp}
        min={1}
        max={10_000}
        value={form.priority}
        onChange={(value) => set({ priority: Number(value) })}
      />
      <MultiSelect
        label={texts.groups.permissions}
        data={[...PERMISSIONS]}
        value={form.permissions}
        onChange={(names) =>
          set({ permissions: PERMISSIONS.filter((name) => names.includes(name)) })
        }
      />
      <JsonField
        label={texts.groups.settings}
        description={texts.groups.settingsHelp}
        value={settings}
        onChange={setSettings}
      />
    </FormDialog>
  );
}
