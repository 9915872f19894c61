import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { PAGES } from '@sallyport/contract/server/pages';
import { useNavigate } from '@tanstack/react-router';
import { First } from '../../parts/first.tsx';
import { texts } from '../../texts.ts';

/** Offers the five steps; whoever wants them later is asked again by the next window. */
export function SetupCard() {
  const navigate = useNavigate();
  const [later, setLater] = useSessionStorage({
    key: 'sallyport-setup-later',
    defaultValue: false,
  });
  if (later) {
    return (
      <Text className="panel quiet" p="lg">
        <First says={texts.home.empty} />
      </Text>
    );
  }
  return (
    <section className="panel setup-card" aria-label={texts.setup.title}>
      <Stack gap="xs" p="lg">
        <Title order={2}>{texts.setup.title}</Title>
        <Text size="sm" className="quiet">
          {texts.setup.offer}
        </Text>
        <Group>
          <Button onClick={() => void navigate({ to: PAGES.setup })}>{texts.setup.begin}</Button>
          <Button variant="subtle" onClick={() => setLater(true)}>
            {texts.setup.later}
          </Button>
        </Group>
      </Stack>
    </section>
  );
}
