import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import { SallyportError } from '@sallyport/contract/errors';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

const words = texts.bulk;

/** What can be done with several rows at once. */
export interface BulkAction<T> {
  readonly word: string;
  /** Whether it can be done with this row now. */
  readonly applies: (row: T) => boolean;
  /** The question, with how many it is about. */
  readonly question: (count: number) => string;
  /** What is lost, in a sentence or two. */
  readonly loses: string;
  /** @throws SallyportError why not */
  readonly run: (row: T) => Promise<unknown>;
}

/** How a list names its rows, and what is done with several of them. */
export interface Bulk<T> {
  readonly nameOf: (row: T) => string;
  readonly actions: readonly BulkAction<T>[];
}

interface Failure {
  readonly name: string;
  readonly error: SallyportError;
}

interface BulkBarProps<T> {
  readonly bulk: Bulk<T>;
  /** Those that are chosen and shown. */
  readonly chosen: readonly T[];
  /** After all were tried. */
  readonly onDone: () => void;
}

/** Asks once, does it one after the other, and tells of each that could not be done. */
export function BulkBar<T>({ bulk: { nameOf, actions }, chosen, onDone }: BulkBarProps<T>) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<BulkAction<T> | null>(null);
  const [left, setLeft] = useState(0);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const perform = async ({ run }: BulkAction<T>, rows: readonly T[]): Promise<void> => {
    setAsked(null);
    const failed: Failure[] = [];
    for (const [index, row] of rows.entries()) {
      setLeft(rows.length - index);
      // One after the other: that the last administrator stays is decided by the order.
      const error = await run(row).then(() => null, failureOf);
      if (error !== null) failed.push({ name: nameOf(row), error });
    }
    setLeft(0);
    setFailures(failed);
    await client.invalidateQueries();
    onDone();
  };
  const rows = asked === null ? [] : chosen.filter(asked.applies);
  return (
    <>
      <Group gap="xs" role="toolbar" aria-label={words.label} mih={30}>
        <Text size="sm" className="quiet" aria-live="polite">
          {left > 0 ? words.left(left) : words.chosen(chosen.length)}
        </Text>
        {chosen.length > 0 &&
          actions.map((action) => {
            const count = chosen.filter(action.applies).length;
            return (
              <Button
                key={action.word}
                size="compact-sm"
                variant="default"
                disabled={count === 0}
                loading={left > 0}
                onClick={() => setAsked(action)}
              >
                {words.button(action.word, count)}
              </Button>
            );
          })}
      </Group>
      {failures.length > 0 && (
        <Alert
          color="red"
          variant="light"
          role="alert"
          title={words.failed(failures.length)}
          withCloseButton
          closeButtonLabel={words.close}
          onClose={() => setFailures([])}
        >
          <List size="sm">
            {failures.map(({ name, error }, index) => (
              // Two may have the same name.
              <List.Item key={index}>
                <b>{name}</b>: {error.message} {error.remedy}{' '}
                <span className="mono quiet">{error.code}</span>
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {asked !== null && (
        <ConfirmDialog
          title={asked.question(rows.length)}
          word={asked.word}
          onClose={() => setAsked(null)}
          onConfirm={() => void perform(asked, rows)}
        >
          {asked.loses}
          <Code block mt="xs" className="names" tabIndex={0}>
            {rows.map(nameOf).join('\n')}
          </Code>
        </ConfirmDialog>
      )}
    </>
  );
}

function failureOf(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  throw error;
}
