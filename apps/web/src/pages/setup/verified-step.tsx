import { Button, Group, Text } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import type { SessionView } from '@sallyport/contract/server/sessions';
import { useNavigate } from '@tanstack/react-router';
import { useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { showTime } from '../../parts/time.ts';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';

const words = texts.setup.verified;

/** By which address the session should be seen, and by which it was. */
export function VerifiedStep({ session }: { readonly session: SessionView }) {
  const { id, egress, verified, network } = session;
  const navigate = useNavigate();
  const again = useChange('verifySession');
  return (
    <>
      <dl className="facts">
        <dt>{texts.egress.expected}</dt>
        <dd className="mono">{egress.join(', ')}</dd>
        <dt>{texts.egress.observed}</dt>
        <dd className="mono">{verified?.address ?? texts.egress.noAnswer}</dd>
        <dt>{texts.home.network}</dt>
        <dd className="mono">{network}</dd>
        <dt>{words.time}</dt>
        <dd>{verified === null ? '' : showTime(verified.at)}</dd>
      </dl>
      <Text size="sm">{words.help}</Text>
      <ProblemNote error={again.error} />
      <Group>
        <Button onClick={() => void navigate({ to: PAGES.session.replace('{id}', id) })}>
          {words.open}
        </Button>
        <Button
          variant="default"
          loading={again.isPending}
          onClick={() => again.mutate({ params: { id } })}
        >
          {words.again}
        </Button>
        <PageLink to={PAGES.home}>{words.home}</PageLink>
      </Group>
    </>
  );
}
