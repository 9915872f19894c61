import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { texts } from '../texts.ts';
import type { ImageWishes } from './image-wishes.ts';

const words = texts.images.volumes;
type Volume = ImageWishes['volumes'][number];
const EMPTY: Volume = { source: '', target: '', readOnly: true };

interface VolumesProps {
  readonly volumes: readonly Volume[];
  readonly onChange: (volumes: readonly Volume[]) => void;
  readonly wrong: (field: string) => string | undefined;
}

/** Folders of the host in the container, one a line. */
export function ImageVolumes({ volumes, onChange, wrong }: VolumesProps) {
  const set = (at: number, part: Partial<Volume>): void =>
    onChange(volumes.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <Stack gap={6} component="fieldset" className="group">
      <Text component="legend" size="sm" fw={500}>
        {words.title}
      </Text>
      <Text size="xs" className="quiet">
        {words.help}
      </Text>
      {volumes.map(({ source, target, readOnly }, index) => (
        // A line has no name of its own, and lines never change places.
        <Group key={index} gap="sm" align="start">
          <TextInput
            flex="1 1 12rem"
            aria-label={words.source(index + 1)}
            placeholder="/srv/data"
            required
            value={source}
            error={wrong(`volumes[${index}].source`)}
            onChange={({ currentTarget }) => set(index, { source: currentTarget.value })}
          />
          <TextInput
            flex="1 1 12rem"
            aria-label={words.target(index + 1)}
            placeholder="/data"
            required
            value={target}
            error={wrong(`volumes[${index}].target`)}
            onChange={({ currentTarget }) => set(index, { target: currentTarget.value })}
          />
          <Checkbox
            mt={8}
            label={words.readOnly}
            checked={readOnly}
            onChange={({ currentTarget }) => set(index, { readOnly: currentTarget.checked })}
          />
          <Button
            variant="subtle"
            color="red"
            aria-label={words.remove(index + 1)}
            onClick={() => onChange(volumes.filter((_, at) => at !== index))}
          >
            {texts.remove}
          </Button>
        </Group>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        w="fit-content"
        onClick={() => onChange([...volumes, EMPTY])}
      >
        {words.add}
      </Button>
    </Stack>
  );
}
