import { Button, Code, Group, Modal, Text } from '@mantine/core';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { PAGES } from '@sallyport/contract/server/pages';
import { useState } from 'react';
import { useApi, useChange } from '../api/use-api.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { DeleteButton } from '../parts/delete-button.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { showTime } from '../parts/time.ts';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';

const OWNER: Column<SessionView> = {
  head: texts.sessions.owner,
  show: ({ owner }) => owner?.name ?? texts.sessions.unknownOwner,
  text: ({ owner }) => owner?.name ?? '',
};

const COLUMNS: readonly Column<SessionView>[] = [
  {
    head: texts.sessions.image,
    show: ({ imageName }) => <b>{imageName}</b>,
    text: ({ imageName }) => imageName,
  },
  { head: texts.state, show: (session) => <State session={session} />, text: ({ state }) => state },
  {
    head: texts.sessions.leavesBy,
    show: (session) => <WayOut session={session} />,
    text: ({ network, egress }) => `${network} ${egress.join(' ')}`,
  },
  {
    head: texts.sessions.expires,
    show: ({ expiresAt }) => (expiresAt === null ? texts.sessions.never : showTime(expiresAt)),
  },
  { head: texts.actions, show: (session) => <Acts session={session} /> },
];

export function MySessions() {
  const sessions = useApi('listSessions', {}, { live: true });
  return (
    <Page title={texts.sessions.mine}>
      <Loaded query={sessions}>
        {({ items }) => <List label={texts.sessions.mine} sessions={items} columns={COLUMNS} />}
      </Loaded>
    </Page>
  );
}

export function AllSessions() {
  const sessions = useApi('listSessions', { query: { all: 'true', limit: 500 } }, { live: true });
  return (
    <Page title={texts.sessions.all}>
      <Loaded query={sessions}>
        {({ items }) => (
          <List label={texts.sessions.all} sessions={items} columns={[OWNER, ...COLUMNS]} />
        )}
      </Loaded>
    </Page>
  );
}

interface ListProps {
  readonly label: string;
  readonly sessions: readonly SessionView[];
  readonly columns: readonly Column<SessionView>[];
}

function List({ label, sessions, columns }: ListProps) {
  return (
    <DataTable
      label={label}
      rows={sessions}
      keyOf={({ id }) => id}
      columns={columns}
      empty={
        <>
          {texts.sessions.empty} <PageLink to={PAGES.home}>{texts.home.title}</PageLink>
        </>
      }
    />
  );
}

function State({ session }: { readonly session: SessionView }) {
  return (
    <>
      <StateBadge state={session.state} />
      <Text size="xs" className="quiet" maw={360} aria-live="polite">
        {session.phase || session.reason}
      </Text>
    </>
  );
}

/** The address that was seen, and the state of the network as it is now. */
function WayOut({
  session: { network, egress, verified, networkState, networkReason },
}: {
  readonly session: SessionView;
}) {
  return (
    <>
      <span className="mono">{egress.join(', ')}</span>{' '}
      <Text span size="sm" className="quiet">
        {network}
      </Text>
      <Text size="xs" className="quiet">
        {verified === null || verified.address === null
          ? texts.sessions.notVerified
          : verified.ok
            ? texts.sessions.verified(verified.address, showTime(verified.at))
            : texts.sessions.seenAs(verified.address)}
      </Text>
      {networkState !== 'Ready' && (
        <Text size="xs" className="warning">
          {networkState}: {networkReason}
        </Text>
      )}
    </>
  );
}

function Acts({ session: { id, actions, state, imageName } }: { readonly session: SessionView }) {
  const input = { params: { id } };
  const pause = useChange('pauseSession');
  const resume = useChange('resumeSession');
  const stop = useChange('stopSession');
  const start = useChange('resumeStopped');
  const remove = useChange('deleteSession');
  const verify = useChange('verifySession');
  const [logs, setLogs] = useState(false);
  const changes = { pause, resume, stop, start };
  const all = [...Object.values(changes), remove, verify];
  return (
    <>
      <Group gap={4} wrap="nowrap">
        {actions.includes('open') && (
          <PageLink to={PAGES.session.replace('{id}', id)} className="open">
            {texts.sessions.acts.open}
          </PageLink>
        )}
        {(Object.keys(changes) as (keyof typeof changes)[])
          .filter((action) => actions.includes(action))
          .map((action) => (
            <Button
              key={action}
              size="compact-xs"
              variant="default"
              loading={changes[action].isPending}
              onClick={() => changes[action].mutate(input)}
            >
              {texts.sessions.acts[action]}
            </Button>
          ))}
        {state === 'running' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={verify.isPending}
            onClick={() => verify.mutate(input)}
          >
            {texts.sessions.verify}
          </Button>
        )}
        {actions.includes('delete') && (
          <DeleteButton
            what={imageName}
            loses={texts.loses.session}
            size="compact-xs"
            onDelete={() => remove.mutate(input)}
          />
        )}
        {actions.includes('logs') && (
          <Button size="compact-xs" variant="subtle" onClick={() => setLogs(true)}>
            {texts.sessions.acts.logs}
          </Button>
        )}
      </Group>
      <ProblemNote error={all.find(({ error }) => error !== null)?.error ?? null} />
      <Modal opened={logs} onClose={() => setLogs(false)} title={texts.sessions.logs} size="xl">
        <Logs id={id} />
      </Modal>
    </>
  );
}

function Logs({ id }: { readonly id: string }) {
  const logs = useApi('sessionLogs', { params: { id } });
  return <Loaded query={logs}>{({ text }) => <Code block>{text}</Code>}</Loaded>;
}
