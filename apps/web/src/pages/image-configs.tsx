import { SimpleGrid } from '@mantine/core';
import { JsonField } from '../parts/json-field.tsx';
import { texts } from '../texts.ts';
import { EXEC_CONFIG, type FormPart, RUN_CONFIG } from './image-wishes.ts';

/** How the container of an image runs, as JSON. */
export function ImageConfigs({ wishes, set, wrong }: FormPart) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <JsonField
        label={texts.images.environment}
        value={wishes.environment}
        wrong={wrong('environment')}
        onChange={(environment) => set({ environment })}
      />
      <JsonField
        label={texts.images.runConfig}
        description={texts.images.runConfigHelp(RUN_CONFIG)}
        value={wishes.runConfig}
        known={RUN_CONFIG}
        wrong={wrong('runConfig')}
        onChange={(runConfig) => set({ runConfig })}
      />
      <JsonField
        label={texts.images.execConfig}
        description={texts.images.execConfigHelp}
        value={wishes.execConfig}
        known={EXEC_CONFIG}
        wrong={wrong('execConfig')}
        onChange={(execConfig) => set({ execConfig })}
      />
    </SimpleGrid>
  );
}
