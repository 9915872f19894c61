import { Checkbox, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { PRESETS } from '@sallyport/core/destinations';
import { texts } from '../../texts.ts';
import type { NetworkDraft } from './network-draft.ts';

const words = texts.egress.fields;

interface NetworkFieldsProps {
  readonly draft: NetworkDraft;
  readonly onChange: (draft: NetworkDraft) => void;
}

type KeyOf<T> = {
  readonly [K in keyof NetworkDraft]: NetworkDraft[K] extends T ? K : never;
}[keyof NetworkDraft];

/** All of a network but its name and its first address; most networks need none of it. */
export function NetworkFields({ draft, onChange }: NetworkFieldsProps) {
  const set = <K extends keyof NetworkDraft>(key: K, value: NetworkDraft[K]): void =>
    onChange({ ...draft, [key]: value });
  const list = (key: 'moreAddresses' | 'fallback' | 'dns' | 'allow' | 'deny') => (
    <TagsInput
      label={words[key].label}
      description={words[key].help}
      value={[...draft[key]]}
      onChange={(value) => set(key, value)}
    />
  );
  const line = (key: Exclude<KeyOf<string>, 'name' | 'route' | 'preset'>) => (
    <TextInput
      label={words[key].label}
      description={words[key].help}
      value={draft[key]}
      onChange={({ currentTarget }) => set(key, currentTarget.value)}
    />
  );
  const box = (key: KeyOf<boolean>) => (
    <Checkbox
      label={words[key].label}
      description={words[key].help}
      checked={draft[key]}
      onChange={({ currentTarget }) => set(key, currentTarget.checked)}
    />
  );
  return (
    <Stack gap="sm">
      {line('gateway')}
      {list('moreAddresses')}
      {box('own')}
      {list('fallback')}
      {box('drain')}
      {line('ipv6')}
      {list('dns')}
      <Select
        label={words.route.label}
        description={words.route.help}
        data={['uplink', 'main']}
        allowDeselect={false}
        value={draft.route}
        onChange={(value) => set('route', value === 'main' ? 'main' : 'uplink')}
      />
      <Select
        label={words.preset.label}
        description={words.preset.help}
        data={[...PRESETS]}
        allowDeselect={false}
        value={draft.preset}
        onChange={(value) => set('preset', PRESETS.find((one) => one === value) ?? draft.preset)}
      />
      {list('allow')}
      {list('deny')}
      {box('strict')}
      {line('upload')}
      {line('download')}
    </Stack>
  );
}
