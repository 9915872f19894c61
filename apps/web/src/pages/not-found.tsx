import { Button, Text } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import { Link } from '@tanstack/react-router';
import { Page } from '../parts/page.tsx';
import { texts } from '../texts.ts';

/** At an address that is none of the page's. */
export function NotFound() {
  return (
    <Page title={texts.notFound.title}>
      <Text>{texts.notFound.reason}</Text>
      <Button component={Link} to={PAGES.home} w="fit-content">
        {texts.notFound.home}
      </Button>
    </Page>
  );
}
