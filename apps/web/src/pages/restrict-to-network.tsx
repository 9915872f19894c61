import { Checkbox, MultiSelect, Select, Stack } from '@mantine/core';
import { useApi, useMay } from '../api/use-api.ts';
import { texts } from '../texts.ts';
import type { FormPart } from './image-wishes.ts';

const MODES = ['network', 'own', 'choice'] as const;

/** The restriction, with the networks of the host where the agent tells them. */
export function RestrictToNetwork({ wishes, set, wrong }: FormPart) {
  const may = useMay();
  const networks = useApi('listNetworks', {}, { enabled: may('networks.read') });
  const known = networks.data ?? [];
  const data = known.map(({ name, egress, state }) => ({
    value: name,
    label: `${name}: ${egress.ipv4.join(', ')}, ${state}`,
  }));
  // What the image names already stays selectable, whether the agent answers or not.
  const others = wishes.networks
    .filter((name) => !known.some((network) => network.name === name))
    .map((name) => ({ value: name, label: name }));
  return (
    <Stack gap="xs" className="restrict">
      <Checkbox
        label={texts.images.restrict}
        description={texts.images.restrictHelp}
        checked={wishes.restrictToNetwork}
        onChange={({ currentTarget }) => set({ restrictToNetwork: currentTarget.checked })}
      />
      {wishes.restrictToNetwork && (
        <>
          <MultiSelect
            label={texts.images.networks}
            description={texts.images.networksHelp}
            required
            searchable
            data={[...data, ...others]}
            value={wishes.networks}
            error={wrong('networks')}
            onChange={(names) => set({ networks: names })}
          />
          <Checkbox
            label={texts.images.choose}
            checked={wishes.allowNetworkSelection}
            onChange={({ currentTarget }) => set({ allowNetworkSelection: currentTarget.checked })}
          />
        </>
      )}
      <Select
        label={texts.images.egressMode}
        description={texts.images.egressModeHelp}
        data={MODES.map((mode) => ({ value: mode, label: texts.images.egressModes[mode] }))}
        allowDeselect={false}
        value={wishes.egressMode}
        error={wrong('egressMode')}
        onChange={(value) =>
          set({ egressMode: MODES.find((mode) => mode === value) ?? wishes.egressMode })
        }
      />
    </Stack>
  );
}
