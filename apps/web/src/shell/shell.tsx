import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Loader,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { PAGES } from '@sallyport/contract/server/pages';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call } from '../api/call.ts';
import { useLiveEvents } from '../api/live.ts';
import { ACCOUNT_KEY, type Account, useAccount } from '../api/use-api.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { Side } from './side.tsx';

/** The frame of all pages. Whoever is not signed in is led to the page where one signs in. */
export function Shell() {
  const { data: account, error } = useAccount();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  // While the next page is loaded the former one is shown, which asks for what strangers may not see.
  const shown = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const isOpen = isForStrangers(pathname);
  const lost = account === null && !isOpen;
  useLiveEvents(Boolean(account) && !isOpen);
  useEffect(() => {
    if (lost) void navigate({ to: PAGES.signIn });
  }, [lost, navigate]);
  if (isOpen && (shown === undefined || account || isForStrangers(shown))) return <Outlet />;
  if (error !== null) return <ProblemNote error={error} />;
  if (!account) return <Loader m="xl" aria-label={texts.loading} role="status" />;
  // A desktop has the whole window.
  if (pathname.startsWith(`${PAGES.sessions}/`)) return <Outlet />;
  return <Frame account={account} />;
}

function isForStrangers(pathname: string): boolean {
  return pathname === PAGES.signIn || pathname.startsWith('/share/');
}

function Frame({ account }: { readonly account: Account }) {
  const [open, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header className="head">
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={open}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={texts.nav.menu}
          />
          <Text fw={650} className="word" flex={1}>
            {texts.product}
          </Text>
          <Text size="sm" className="quiet" truncate visibleFrom="xs">
            {account.displayName || account.name}
          </Text>
          <SchemeSwitch />
          <SignOut />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="side">
        <Side onFollow={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeSwitch() {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  return (
    <ActionIcon
      variant="subtle"
      aria-label={texts.nav.scheme}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      <span aria-hidden>◐</span>
    </ActionIcon>
  );
}

function SignOut() {
  const client = useQueryClient();
  const leave = async (): Promise<void> => {
    await call('signOut', {});
    client.setQueryData(ACCOUNT_KEY, null);
    // Whoever signs in next sees nothing of what this one was shown.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ACCOUNT_KEY[0] });
  };
  return (
    <Button size="compact-sm" variant="default" onClick={() => void leave()}>
      {texts.nav.signOut}
    </Button>
  );
}
