import { Button, Group, Modal, Stack } from '@mantine/core';
import type { SallyportError } from '@sallyport/contract/errors';
import type { ReactNode, SyntheticEvent } from 'react';
import { texts } from '../texts.ts';
import { ProblemNote } from './problem.tsx';
import { useReturnFocus } from './use-return-focus.ts';

interface FormDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onSend: () => void;
  readonly sending: boolean;
  /** Whether it may be sent already. */
  readonly ready?: boolean;
  readonly error: SallyportError | null;
  readonly children: ReactNode;
}

/** A form in a dialog; what the server refuses is told below the fields. */
export function FormDialog({
  title,
  onClose,
  onSend,
  sending,
  ready = true,
  error,
  children,
}: FormDialogProps) {
  useReturnFocus();
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    onSend();
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': texts.cancel }}>
      <form onSubmit={send}>
        <Stack gap="sm">
          {children}
          <ProblemNote error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" loading={sending} disabled={!ready}>
              {texts.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
