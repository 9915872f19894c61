import { Button, Group, Select, Text } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../api/use-api.ts';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { showTime } from '../../parts/time.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { ClipboardButton } from './clipboard-button.tsx';
import { Connection } from './connection.tsx';
import { KeyboardButton } from './keyboard-button.tsx';
import { ShareButton } from './share-button.tsx';
import type { Desktop } from './use-desktop.ts';

const QUALITIES = { low: 2, medium: 6, high: 9 } as const;
type Quality = keyof typeof QUALITIES;

interface SessionBarProps {
  readonly session: SessionView;
  readonly desktop: Desktop;
}

/** Hides itself; while the network is not ready it stays, and says why. */
export function SessionBar({ session, desktop }: SessionBarProps) {
  const { id, verified, egress, network, networkState, networkReason, actions, state } = session;
  const navigate = useNavigate();
  const params = { id };
  const verify = useChange('verifySession');
  const pause = useChange('pauseSession');
  const stop = useChange('stopSession');
  const remove = useChange('deleteSession', () => void navigate({ to: PAGES.sessions }));
  const blocked = networkState !== 'Ready';
  const problem = [verify, pause, stop, remove].find(({ error }) => error !== null)?.error ?? null;
  return (
    <header className={blocked || problem !== null ? 'bar pinned' : 'bar'}>
      <Group gap="xs" px="sm" py={6} role="toolbar" aria-label={texts.desktop.bar}>
        <PageLink to={PAGES.sessions}>{texts.desktop.back}</PageLink>
        <StateBadge state={blocked ? networkState : state} />
        <Text size="sm" className={blocked ? 'warning' : ''} aria-live="assertive">
          {blocked ? `${network}: ${networkReason}` : <b className="mono">{egress.join(', ')}</b>}
        </Text>
        {!blocked && (
          <Text size="xs" className="quiet">
            {verified?.ok === true && verified.address !== null
              ? texts.sessions.verified(verified.address, showTime(verified.at))
              : texts.sessions.notVerified}
          </Text>
        )}
        {state === 'running' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={verify.isPending}
            onClick={() => verify.mutate({ params })}
          >
            {texts.sessions.verify}
          </Button>
        )}
        <span className="fill" />
        {desktop.phase === 'connected' && <DesktopTools desktop={desktop} />}
        {actions.includes('share') && <ShareButton id={id} />}
        {actions.includes('pause') && (
          <Button size="compact-xs" variant="default" onClick={() => pause.mutate({ params })}>
            {texts.sessions.acts.pause}
          </Button>
        )}
        {actions.includes('stop') && (
          <Button size="compact-xs" variant="default" onClick={() => stop.mutate({ params })}>
            {texts.sessions.acts.stop}
          </Button>
        )}
        {actions.includes('delete') && (
          <DeleteButton
            what={session.imageName}
            loses={texts.loses.session}
            size="compact-xs"
            onDelete={() => remove.mutate({ params })}
          />
        )}
      </Group>
      <ProblemNote error={problem} />
      <button type="button" className="handle" aria-label={texts.desktop.show} />
    </header>
  );
}

/** What is done with the picture alone. */
export function DesktopTools({ desktop: { rfb, ticket, text } }: { readonly desktop: Desktop }) {
  const [quality, setQuality] = useState<Quality>('medium');
  const acts = ticket?.viewOnly === false;
  return (
    <>
      <Connection />
      {acts && (
        <Button size="compact-xs" variant="default" onClick={() => rfb.current?.sendCtrlAltDel()}>
          {texts.desktop.keys}
        </Button>
      )}
      {acts && <KeyboardButton rfb={rfb} />}
      {ticket !== null && acts && <ClipboardButton rfb={rfb} ticket={ticket} text={text} />}
      <Select
        size="xs"
        w={96}
        aria-label={texts.desktop.quality}
        allowDeselect={false}
        data={(Object.keys(QUALITIES) as Quality[]).map((value) => ({
          value,
          label: texts.desktop.qualities[value],
        }))}
        value={quality}
        onChange={(value) => {
          if (value === null || rfb.current === null) return;
          rfb.current.qualityLevel = QUALITIES[value];
          setQuality(value);
        }}
      />
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          if (rfb.current !== null) savePicture(rfb.current.toDataURL('image/png'));
        }}
      >
        {texts.desktop.picture}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          // Browsers refuse it where the person has forbidden it: nothing is lost by that.
          document.documentElement.requestFullscreen().catch(() => undefined);
        }}
      >
        {texts.desktop.full}
      </Button>
    </>
  );
}

function savePicture(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = 'desktop.png';
  link.click();
}
