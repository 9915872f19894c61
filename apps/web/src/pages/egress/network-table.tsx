import { Button, Group, Text } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { PAGES } from '@sallyport/contract/server/pages';
import { DataTable } from '../../parts/data-table.tsx';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { First } from '../../parts/first.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { VerifyButton } from './verify-button.tsx';

interface NetworkTableProps {
  readonly networks: readonly NetworkView[];
  readonly manages: boolean;
  readonly onEdit: (network: NetworkView) => void;
  readonly onDelete: (name: string) => void;
}

export function NetworkTable({ networks, manages, onEdit, onDelete }: NetworkTableProps) {
  return (
    <DataTable
      label={texts.egress.networks}
      rows={networks}
      keyOf={({ name }) => name}
      empty={<First says={texts.egress.empty} />}
      columns={[
        {
          head: texts.name,
          show: ({ name }) => <PageLink to={PAGES.network.replace('{id}', name)}>{name}</PageLink>,
          text: ({ name }) => name,
        },
        {
          head: texts.state,
          show: ({ state, reason }) => (
            <>
              <StateBadge state={state} />
              <Text size="xs" className="quiet" maw={360}>
                {state === 'Ready' ? '' : reason}
              </Text>
            </>
          ),
          text: ({ state, reason }) => `${state} ${reason}`,
          filter: ({ state }) => state,
        },
        {
          head: texts.egress.leavesBy,
          show: ({ egress }) => (
            <span className="mono">{[...egress.ipv4, ...egress.ipv6].join(', ')}</span>
          ),
          text: ({ egress }) => egress.ipv4.join(' '),
        },
        {
          head: texts.egress.uplink,
          show: ({ uplink }) => uplink ?? '',
          text: ({ uplink }) => uplink ?? '',
        },
        {
          head: texts.egress.subnet,
          show: ({ subnet }) => <span className="mono">{subnet}</span>,
          text: ({ subnet }) => subnet,
        },
        {
          head: texts.actions,
          show: (network) => (
            <Group gap={4} wrap="nowrap">
              <VerifyButton name={network.name} />
              {manages && (
                <>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`${texts.edit} ${network.name}`}
                    onClick={() => onEdit(network)}
                  >
                    {texts.edit}
                  </Button>
                  <DeleteButton
                    what={network.name}
                    loses={texts.loses.network}
                    onDelete={() => onDelete(network.name)}
                  />
                </>
              )}
            </Group>
          ),
        },
      ]}
    />
  );
}
