import { Loader, Text } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import { useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { call } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { SessionBar } from './session-bar.tsx';
import { useDesktop } from './use-desktop.ts';

/** How often the server is told that somebody looks, in milliseconds. */
const KEEPALIVE_MS = 60_000;

/** The desktop of a session in the whole window, and the bar above it. */
export function SessionPage() {
  const { id = '' }: { readonly id?: string } = useParams({ strict: false });
  const params = { id };
  const session = useApi('showSession', { params }, { live: true });
  const running = session.data?.state === 'running';
  const target = useRef<HTMLDivElement>(null);
  const getTicket = useCallback(() => call('createTicket', { params: { id } }), [id]);
  const desktop = useDesktop(target, { getTicket, enabled: running });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'hidden') return;
      // One that is lost is made up for by the next.
      call('keepalive', { params: { id } }).catch(() => undefined);
    }, KEEPALIVE_MS);
    return () => clearInterval(timer);
  }, [id]);
  return (
    <main className="desktop">
      <h1 className="hidden">{session.data?.imageName ?? texts.desktop.label}</h1>
      <section ref={target} className="screen" aria-label={texts.desktop.label} />
      {session.data !== undefined && <SessionBar session={session.data} desktop={desktop} />}
      {(!running || desktop.phase !== 'connected') && (
        <div className="note panel" role="status">
          <ProblemNote error={session.error} />
          {running || session.data?.phase ? <Loader size="sm" /> : null}
          <Text>
            {session.data === undefined
              ? texts.loading
              : running
                ? desktop.phase === 'again'
                  ? texts.desktop.again
                  : texts.desktop.connecting
                : session.data.phase || texts.desktop.notRunning(session.data.state)}
          </Text>
          <Text size="sm" className="quiet">
            {session.data?.reason}
          </Text>
          <PageLink to={PAGES.sessions}>{texts.desktop.back}</PageLink>
        </div>
      )}
    </main>
  );
}
