import { Button, Modal, Table } from '@mantine/core';
import { useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { texts } from '../../texts.ts';

/** Asks from inside the network, and shows what each echo service saw. */
export function VerifyButton({ name }: { readonly name: string }) {
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
