import type { SessionView } from '@sallyport/contract/server/sessions';
import { PAGES } from '@sallyport/contract/server/pages';
import { Text } from '@mantine/core';
import { call } from '../api/call.ts';
import { useApi, useMay } from '../api/use-api.ts';
import type { Bulk } from '../parts/bulk-bar.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';
import { SessionActs } from './sessions/session-acts.tsx';
import { SessionCard } from './sessions/session-card.tsx';
import { SessionEnd, SessionState, SessionWay } from './sessions/session-facts.tsx';

const OWNER: Column<SessionView> = {
  head: texts.sessions.owner,
  show: ({ owner }) => owner?.name ?? texts.sessions.unknownOwner,
  text: ({ owner }) => owner?.name ?? '',
};

const COLUMNS: readonly Column<SessionView>[] = [
  OWNER,
  {
    head: texts.sessions.image,
    show: ({ imageName }) => <b>{imageName}</b>,
    text: ({ imageName }) => imageName,
  },
  {
    head: texts.state,
    show: (session) => <SessionState session={session} />,
    text: ({ state }) => state,
    filter: ({ state }) => state,
  },
  {
    head: texts.sessions.leavesBy,
    show: (session) => <SessionWay session={session} />,
    text: ({ network, egress }) => `${network} ${egress.join(' ')}`,
    filter: ({ network }) => network,
  },
  {
    head: texts.sessions.expires,
    show: (session) => <SessionEnd session={session} />,
  },
  { head: texts.actions, show: (session) => <SessionActs session={session} /> },
];

const EMPTY = (
  <>
    {texts.sessions.empty} <PageLink to={PAGES.home}>{texts.home.title}</PageLink>
  </>
);

/** The own sessions, each with its picture. */
export function MySessions() {
  const sessions = useApi('listSessions', {}, { live: true });
  return (
    <Page title={texts.sessions.mine}>
      <Loaded query={sessions}>
        {({ items }) =>
          items.length === 0 ? (
            <Text className="panel quiet" p="lg">
              {EMPTY}
            </Text>
          ) : (
            <div className="cards wide">
              {items.map((session) => (
                <SessionCard key={session.id} session={session} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

/** @param act the action that a session must offer */
function doing(act: 'stop' | 'delete', run: (params: { readonly id: string }) => Promise<unknown>) {
  return {
    word: texts.sessions.acts[act],
    question: texts.bulk.sessions[act],
    loses: texts.bulk.sessions[`${act}Loses`],
    applies: ({ actions }: SessionView) => actions.includes(act),
    run: ({ id }: SessionView) => run({ id }),
  };
}

const BULK: Bulk<SessionView> = {
  nameOf: ({ imageName, owner }) =>
    texts.bulk.sessions.named(imageName, owner?.name ?? texts.sessions.unknownOwner),
  actions: [
    doing('stop', (params) => call('stopSession', { params })),
    doing('delete', (params) => call('deleteSession', { params })),
  ],
};

export function AllSessions() {
  const may = useMay();
  const sessions = useApi('listSessions', { query: { all: 'true', limit: 500 } }, { live: true });
  return (
    <Page title={texts.sessions.all}>
      <Loaded query={sessions}>
        {({ items }) => (
          <DataTable
            label={texts.sessions.all}
            rows={items}
            keyOf={({ id }) => id}
            columns={COLUMNS}
            empty={EMPTY}
            bulk={may('sessions.manage') ? BULK : undefined}
          />
        )}
      </Loaded>
    </Page>
  );
}
