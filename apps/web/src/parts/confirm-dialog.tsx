import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import { useReturnFocus } from './use-return-focus.ts';

interface ConfirmDialogProps {
  /** The question, which names what it is about. */
  readonly title: string;
  /** What is lost. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly word: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is lost. The keyboard is on Cancel first, so that a hasty Enter loses nothing. */
export function ConfirmDialog({ title, children, word, onConfirm, onClose }: ConfirmDialogProps) {
  useReturnFocus();
  return (
    <Modal opened onClose={onClose} title={title} withCloseButton={false} centered>
      <Stack gap="md">
        <Text size="sm" component="div">
          {children}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button color="red.8" onClick={onConfirm}>
            {word}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
