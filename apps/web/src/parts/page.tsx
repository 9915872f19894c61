import { Group, Skeleton, Stack, Title } from '@mantine/core';
import type { SallyportError } from '@sallyport/contract/errors';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import { ProblemNote } from './problem.tsx';

interface PageProps {
  readonly title: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame that every page has. */
export function Page({ title, actions, children }: PageProps) {
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1}>{title}</Title>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  );
}

interface Loading<T> {
  readonly data: T | undefined;
  readonly error: SallyportError | null;
}

/** Shows what was read; until then a placeholder, or why it could not be read. */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: Loading<T>;
  readonly children: (data: T) => ReactNode;
}) {
  return (
    <>
      <ProblemNote error={query.error} />
      {query.data === undefined
        ? query.error === null && <Skeleton height={120} aria-label={texts.loading} role="status" />
        : children(query.data)}
    </>
  );
}
