import { NumberInput, SimpleGrid } from '@mantine/core';
import { texts } from '../texts.ts';
import type { FormPart } from './image-wishes.ts';

const NUMBERS = [
  ['cores', texts.images.cores, 1],
  ['memoryMiB', texts.images.memory, 1],
  ['sharedMemoryMiB', texts.images.sharedMemory, 1],
  ['pids', texts.images.pids, 1],
  ['gpus', texts.images.gpus, 0],
] as const;

/** What a container of an image may use at most. */
export function ImageLimits({ wishes, set, wrong }: FormPart) {
  return (
    <SimpleGrid cols={{ base: 2, md: NUMBERS.length }}>
      {NUMBERS.map(([field, label, least]) => (
        <NumberInput
          key={field}
          label={label}
          min={least}
          value={wishes[field]}
          error={wrong(field)}
          onChange={(value) => set({ [field]: Number(value) })}
        />
      ))}
    </SimpleGrid>
  );
}
