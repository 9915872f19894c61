import { Button, Code, Group, Modal } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { useState } from 'react';
import { useApi, useChange } from '../../api/use-api.ts';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { Loaded } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';

/** What the one who looks may do with a session now. */
export function SessionActs({
  session: { id, actions, state, imageName },
}: {
  readonly session: SessionView;
}) {
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
