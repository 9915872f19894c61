import { Alert, Button, Group, Loader, Text } from '@mantine/core';
import type { Launchable } from '@sallyport/contract/server/images';
import { PAGES } from '@sallyport/contract/server/pages';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { sessionIsUnderWay } from '@sallyport/core/session-state';
import { useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';

const words = texts.setup.session;

interface SessionStepProps {
  readonly image: Launchable;
  readonly session: SessionView | null;
}

/** Starts a session, and shows how far it is, or why it has failed. */
export function SessionStep({ image, session }: SessionStepProps) {
  const start = useChange('startSession');
  if (session !== null) return <Progress session={session} />;
  return (
    <>
      <Text size="sm">{words.help(image.name)}</Text>
      <ProblemNote error={start.error} />
      <Group>
        <Button
          loading={start.isPending}
          onClick={() => start.mutate({ body: { imageId: image.id } })}
        >
          {words.start}
        </Button>
        <PageLink to={PAGES.image.replace('{id}', image.id)}>{words.editImage}</PageLink>
      </Group>
    </>
  );
}

const ACTS = ['start', 'resume', 'delete'] as const;

function Progress({ session }: { readonly session: SessionView }) {
  const { id, imageId, state, phase, reason, actions } = session;
  const changes = {
    start: useChange('resumeStopped'),
    resume: useChange('resumeSession'),
    delete: useChange('deleteSession'),
  };
  const error = ACTS.map((act) => changes[act].error).find((one) => one !== null) ?? null;
  const underWay = sessionIsUnderWay(state);
  return (
    <>
      <Group gap="xs" aria-live="polite">
        {underWay && <Loader size="xs" aria-hidden />}
        <StateBadge state={state} />
        <Text size="sm">{phase}</Text>
      </Group>
      {underWay && (
        <Text size="sm" className="quiet">
          {words.waiting}
        </Text>
      )}
      {!underWay && reason !== '' && (
        <Alert color="red" role="alert" title={words.failed}>
          <p className="lead">{reason}</p>
          {words.remedy}
        </Alert>
      )}
      <ProblemNote error={error} />
      {!underWay && (
        <Group>
          {ACTS.filter((act) => actions.includes(act)).map((act) => (
            <Button
              key={act}
              variant={act === 'delete' ? 'default' : 'filled'}
              loading={changes[act].isPending}
              onClick={() => changes[act].mutate({ params: { id } })}
            >
              {words.acts[act]}
            </Button>
          ))}
          <PageLink to={PAGES.image.replace('{id}', imageId)}>{words.editImage}</PageLink>
          <PageLink to={PAGES.sessions}>{texts.nav.sessions}</PageLink>
        </Group>
      )}
    </>
  );
}
