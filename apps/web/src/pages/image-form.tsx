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
import { type SubmitEvent, useState } from 'react';
import { useApi, useChange, useMay } from '../api/use-api.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { ImageConfigs } from './image-configs.tsx';
import { ImageLimits } from './image-limits.tsx';
import { ImagePicture } from './image-picture.tsx';
import { ImageVolumes } from './image-volumes.tsx';
import { type ImageWishes, renderWishes, wishesOf, wrongAt } from './image-wishes.ts';
import { RestrictToNetwork } from './restrict-to-network.tsx';

/** Name of the button that also starts a session. */
const TRY = 'try';

interface ImageFormProps {
  /** null: a new one. */
  readonly image: ImageView | null;
  /** @param tries whether a session of it is to be started now */
  readonly onSaved: (image: ImageView, tries: boolean) => void;
}

/** Every field of an image; what the server refuses is told at the field. */
export function ImageForm({ image, onSaved }: ImageFormProps) {
  const navigate = useNavigate();
  const may = useMay();
  const groups = useApi('listGroups', { query: { limit: 500 } }, { enabled: may('groups.read') });
  const [wishes, setWishes] = useState(() => wishesOf(image));
  const set = (part: Partial<ImageWishes>): void => setWishes((old) => ({ ...old, ...part }));
  const create = useChange('createImage');
  const update = useChange('updateImage');
  const error = create.error ?? update.error;
  const wrong = (field: string): string | undefined => wrongAt(error?.errors ?? [], field);
  const send = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const body = renderWishes(wishes);
    if (body === null) return;
    const { submitter } = event.nativeEvent;
    const onSuccess = (saved: ImageView): void =>
      onSaved(saved, submitter instanceof HTMLButtonElement && submitter.name === TRY);
    if (image === null) create.mutate({ body }, { onSuccess });
    else {
      const input = { params: { id: image.id }, version: image.version, body };
      update.mutate(input, { onSuccess });
    }
  };
  const sending = create.isPending || update.isPending;
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
        <ImagePicture
          picture={wishes.picture}
          onChange={(picture) => set({ picture })}
          wrong={wrong('picture')}
        />
        <Switch
          label={texts.images.enabled}
          checked={wishes.enabled}
          onChange={({ currentTarget }) => set({ enabled: currentTarget.checked })}
        />
        <RestrictToNetwork wishes={wishes} set={set} wrong={wrong} />
        <ImageLimits wishes={wishes} set={set} wrong={wrong} />
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
            description={'\u00a0'}
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
            description={'\u00a0'}
            min={60}
            value={wishes.sessionTimeLimit ?? ''}
            error={wrong('sessionTimeLimit')}
            onChange={(value) => set({ sessionTimeLimit: value === '' ? null : Number(value) })}
          />
        </SimpleGrid>
        <ImageConfigs wishes={wishes} set={set} wrong={wrong} />
        <ImageVolumes
          volumes={wishes.volumes}
          onChange={(volumes) => set({ volumes })}
          wrong={wrong}
        />
        {widens && (
          <Checkbox
            label={texts.images.widening}
            checked={wishes.confirmWidening}
            onChange={({ currentTarget }) => set({ confirmWidening: currentTarget.checked })}
          />
        )}
        <ProblemNote error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => void navigate({ to: PAGES.images })}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={sending}>
            {texts.save}
          </Button>
          <Button
            type="submit"
            name={TRY}
            variant="light"
            title={texts.images.tryHelp}
            loading={sending}
          >
            {texts.images.tryIt}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
