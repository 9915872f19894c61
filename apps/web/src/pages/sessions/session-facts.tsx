import { Text } from '@mantine/core';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { StateBadge } from '../../parts/state-badge.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

/** The state, and what is happening or why. */
export function SessionState({ session }: { readonly session: SessionView }) {
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
export function SessionWay({
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

/** When it ends by itself, and how. */
export function SessionEnd({
  session: { expiresAt, expiryAction },
}: {
  readonly session: SessionView;
}) {
  if (expiresAt === null) return texts.sessions.never;
  return (
    <>
      {showTime(expiresAt)}{' '}
      <Text span size="xs" className="quiet">
        {texts.sessions.expiry[expiryAction]}
      </Text>
    </>
  );
}
