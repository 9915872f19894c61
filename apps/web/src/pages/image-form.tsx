import {
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { ImageView } from '@sallyport/contract/server/images';
import { PAGES } from '@sallyport/contract/server/pages';
import { useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';
import { useApi, useChange, useMay } from '../api/use-api.ts';
import { JsonField } from '../parts/json-field.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { type ImageWishes, renderWishes, wishesOf } from './image-wishes.ts';
import { RestrictToNetwork } from './restrict-to-network.tsx';

const NUMBERS = [
  ['cores', texts.images.cores],
  ['memoryMiB', texts.images.memory],
  ['sharedMemoryMiB', texts.images.sharedMemory],
  ['pids', texts.images.pids],
] as const;

/** Every field of an image; what the server refuses is told at the field. @param image null: new */
export function ImageForm({ image }: { readonly image: ImageView | null }) {
  const navigate = useNavigate();
  const may = useMay();
  const groups = useApi('listGroups', { query: { limit: 500 } }, { enabled: may('groups.read') });
  const [wishes, setWishes] = useState(() => wishesOf(image));
  const set = (part: Partial<ImageWishes>): void => setWishes((old) => ({ ...old, ...part }));
  const done = (): void => void navigate({ to: PAGES.images });
  const create = useChange('createImage', done);
  const update = useChange('updateImage', done);
  const error = create.error ?? update.error;
  const wrong = (field: string): string | undefined =>
    error?.errors.find((one) => one.field === field || one.field.startsWith(`${field}.`))?.message;
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    const body = renderWishes(wishes);
    if (body === null) return;
    if (image === null) create.mutate({ body });
    else update.mutate({ params: { id: image.id }, version: image.version, body });
  };
  const widens = (image?.widening.length ?? 0) > 0 || error?.code === 'widening_unconfirmed';
  return (
    <form className="panel form" onSubmit={send}>
      <Stack p="lg" gap="md">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <TextInput
            label={texts.images.friendly}
            required
            value={wishes.name}
            error={wrong('name')}
            onChange={({ currentTarget }) => set({ name: currentTarget.value })}
          />
          <TextInput
            label={texts.images.docker}
            required
            value={wishes.dockerImage}
            error={wrong('dockerImage')}
            onChange={({ currentTarget }) => set({ dockerImage: currentTarget.value })}
          />
        </SimpleGrid>
        <Textarea
          label={texts.description}
          autosize
          minRows={2}
          value={wishes.description}
          error={wrong('description')}
          onChange={({ currentTarget }) => set({ description: currentTarget.value })}
        />
        <Switch
          label={texts.images.enabled}
          checked={wishes.enabled}
          onChange={({ currentTarget }) => set({ enabled: currentTarget.checked })}
        />
        <RestrictToNetwork wishes={wishes} set={set} wrong={wrong} />
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          {NUMBERS.map(([field, label]) => (
            <NumberInput
              key={field}
              label={label}
              min={1}
              value={wishes[field]}
              error={wrong(field)}
              onChange={(value) => set({ [field]: Number(value) })}
            />
          ))}
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <MultiSelect
            label={texts.images.groups}
            description={texts.images.groupsHelp}
            data={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={wishes.groups}
            error={wrong('groups')}
            onChange={(ids) => set({ groups: ids })}
          />
          <TagsInput
            label={texts.images.categories}
            description=" "
            value={wishes.categories}
            error={wrong('categories')}
            onChange={(categories) => set({ categories })}
          />
          <TextInput
            label={texts.images.profile}
            description={texts.images.profileHelp}
            value={wishes.persistentProfile}
            error={wrong('persistentProfile')}
            onChange={({ currentTarget }) => set({ persistentProfile: currentTarget.value })}
          />
          <NumberInput
            label={texts.images.limit}
            description=" "
            min={60}
            value={wishes.sessionTimeLimit ?? ''}
            error={wrong('sessionTimeLimit')}
            onChange={(value) => set({ sessionTimeLimit: value === '' ? null : Number(value) })}
          />
          <JsonField
            label={texts.images.environment}
            value={wishes.environment}
            onChange={(environment) => set({ environment })}
          />
          <JsonField
            label={texts.images.runConfig}
            value={wishes.runConfig}
            onChange={(runConfig) => set({ runConfig })}
          />
        </SimpleGrid>
        {widens && (
          <Checkbox
            label={texts.images.widening}
            checked={wishes.confirmWidening}
            onChange={({ currentTarget }) => set({ confirmWidening: currentTarget.checked })}
          />
        )}
        <ProblemNote error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={done}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
