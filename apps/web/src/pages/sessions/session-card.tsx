import { Stack, Text, Title } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { useEffect, useState } from 'react';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { SessionActs } from './session-acts.tsx';
import { SessionEnd, SessionState, SessionWay } from './session-facts.tsx';

declare const SERVER_ROUTES: Readonly<Record<'thumbnail', { readonly path: string }>>;

/** The server's picture is at most so old, in milliseconds. */
const PICTURE_MS = 30_000;

/** A session of one's own: what it shows, how it leaves, until when. */
export function SessionCard({ session }: { readonly session: SessionView }) {
  const { id, imageName, actions } = session;
  return (
    <article className="panel card" aria-label={imageName}>
      {actions.includes('open') ? (
        <PageLink to={PAGES.session.replace('{id}', id)}>
          <Picture session={session} />
        </PageLink>
      ) : (
        <Picture session={session} />
      )}
      <Stack p="md" gap="xs" flex={1}>
        <Title order={2}>{imageName}</Title>
        <div>
          <SessionState session={session} />
        </div>
        <div>
          <SessionWay session={session} />
        </div>
        <Text size="sm">
          {texts.sessions.expires} <SessionEnd session={session} />
        </Text>
        <SessionActs session={session} />
      </Stack>
    </article>
  );
}

/** What the desktop shows, read anew as often as the server looks; else the first letter of the image. */
function Picture({ session: { id, imageName, actions } }: { readonly session: SessionView }) {
  const shown = actions.includes('screenshot');
  const [look, setLook] = useState(0);
  const [missed, setMissed] = useState(-1);
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setLook((count) => count + 1);
    }, PICTURE_MS);
    return () => clearInterval(timer);
  }, [shown]);
  const path = SERVER_ROUTES.thumbnail.path.replace('{id}', id);
  return (
    <div className="picture tall">
      {shown && missed !== look ? (
        <img
          src={`${path}?${look}`}
          alt={texts.sessions.picture(imageName)}
          onError={() => setMissed(look)}
        />
      ) : (
        <>
          <span aria-hidden>{imageName.slice(0, 1)}</span>
          <span className="hidden">{texts.sessions.picture(imageName)}</span>
        </>
      )}
    </div>
  );
}
