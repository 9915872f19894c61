import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { texts } from '../texts.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface DeleteButtonProps {
  readonly what: string;
  /** What is lost with it, in a sentence or two. */
  readonly loses: string;
  readonly onDelete: () => void;
  readonly disabled?: boolean;
  readonly size?: 'compact-xs' | 'compact-sm';
}

/** Asks before something is lost. */
export function DeleteButton({
  what,
  loses,
  onDelete,
  disabled = false,
  size = 'compact-sm',
}: DeleteButtonProps) {
  const [asks, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button
        size={size}
        variant="subtle"
        color="red"
        // The kit would choose by the contrast with a background that this variant does not have.
        {...(!disabled && { c: 'var(--bad)' })}
        disabled={disabled}
        aria-label={`${texts.remove} ${what}`}
        onClick={open}
      >
        {texts.remove}
      </Button>
      {asks && (
        <ConfirmDialog
          title={texts.sure(what)}
          word={texts.remove}
          onClose={close}
          onConfirm={() => {
            close();
            onDelete();
          }}
        >
          {loses} {texts.final}
        </ConfirmDialog>
      )}
    </>
  );
}
