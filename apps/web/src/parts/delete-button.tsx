import { Button } from '@mantine/core';
import { texts } from '../texts.ts';

interface DeleteButtonProps {
  readonly what: string;
  readonly onDelete: () => void;
  readonly disabled?: boolean;
}

/** Asks before something is lost. */
export function DeleteButton({ what, onDelete, disabled = false }: DeleteButtonProps) {
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      disabled={disabled}
      aria-label={`${texts.remove} ${what}`}
      onClick={() => {
        if (globalThis.confirm(texts.sure(what))) onDelete();
      }}
    >
      {texts.remove}
    </Button>
  );
}
