import { Select } from '@mantine/core';
import { useApi } from '../../api/use-api.ts';
import { texts } from '../../texts.ts';

interface AddressSelectProps {
  readonly value: string | null;
  readonly onChange: (address: string | null) => void;
}

/** The host's IPv4 addresses; what can not be an egress address is told why. */
export function AddressSelect({ value, onChange }: AddressSelectProps) {
  const host = useApi('showHost', {});
  const addresses = (host.data?.interfaces ?? []).flatMap((one) =>
    one.addresses
      .filter(({ family }) => family === 'ipv4')
      .map(({ address, egress, reason }) => ({
        value: address,
        label: egress ? `${address} (${one.name})` : texts.egress.unusable(address, reason),
        disabled: !egress,
      })),
  );
  const data = [...new Map(addresses.map((item) => [item.value, item])).values()];
  const missing = value !== null && !data.some((item) => item.value === value);
  return (
    <Select
      label={texts.egress.address}
      description={texts.egress.addressHelp}
      required
      searchable
      data={missing ? [...data, value] : data}
      value={value}
      onChange={onChange}
    />
  );
}
