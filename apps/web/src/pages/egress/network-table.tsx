import { Button, Group, Modal, Table, Text } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { useChange } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { First } from '../../parts/first.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';

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
        { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
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
              <Verify name={network.name} />
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

/** Asks from inside the network, and shows what each echo service saw. */
function Verify({ name }: { readonly name: string }) {
  const verify = useChange('verifyNetwork');
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={verify.isPending}
        aria-label={`${texts.egress.verify} ${name}`}
        onClick={() => verify.mutate({ params: { name } })}
      >
        {texts.egress.verify}
      </Button>
      <Modal
        opened={verify.isSuccess || verify.isError}
        onClose={verify.reset}
        size="lg"
        title={`${name}: ${texts.egress.verified}`}
        closeButtonProps={{ 'aria-label': texts.cancel }}
      >
        <ProblemNote error={verify.error} />
        <Table>
          <Table.Tbody>
            {(verify.data ?? []).map(({ echo, protocol, expected, observed, ok, reason }) => (
              <Table.Tr key={`${protocol} ${echo}`}>
                <Table.Td>{protocol}</Table.Td>
                <Table.Td className="mono">{observed ?? texts.egress.noAnswer}</Table.Td>
                <Table.Td className={ok ? 'quiet' : 'warning'}>
                  {reason} ({texts.egress.expected} {expected})
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
