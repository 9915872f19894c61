import { Group, Text } from '@mantine/core';
import { SallyportError } from '@sallyport/contract/errors';
import { useParams } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import { call } from '../../api/call.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { texts } from '../../texts.ts';
import { DesktopTools } from './session-bar.tsx';
import { useDesktop } from './use-desktop.ts';

/** A desktop by a link, without an account. */
export function SharePage() {
  const { token = '' }: { readonly token?: string } = useParams({ strict: false });
  const [ended, setEnded] = useState<SallyportError | null>(null);
  const target = useRef<HTMLDivElement>(null);
  const getTicket = useCallback(async () => {
    try {
      return await call('openShare', { body: { token } });
    } catch (error) {
      // The link has ended: asking again would only count as guessing.
      if (error instanceof SallyportError && error.code === 'share_not_found') setEnded(error);
      throw error;
    }
  }, [token]);
  const desktop = useDesktop(target, { getTicket, enabled: ended === null });
  return (
    <main className="desktop">
      <h1 className="hidden">{texts.desktop.label}</h1>
      <section ref={target} className="screen" aria-label={texts.desktop.label} />
      {desktop.phase === 'connected' && ended === null ? (
        <header className="bar">
          <Group gap="xs" px="sm" py={6} role="toolbar" aria-label={texts.desktop.bar}>
            {desktop.ticket?.viewOnly === true && <Text size="sm">{texts.desktop.viewOnly}</Text>}
            <DesktopTools desktop={desktop} />
          </Group>
          <button type="button" className="handle" aria-label={texts.desktop.show} />
        </header>
      ) : (
        <div className="note panel" role="status">
          <ProblemNote error={ended} />
          {ended === null && <Text>{texts.desktop.connecting}</Text>}
        </div>
      )}
    </main>
  );
}
