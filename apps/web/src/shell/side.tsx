import { Stack } from '@mantine/core';
import { PAGES, type PageName } from '@sallyport/contract/server/pages';
import { type Account, useMay } from '../api/use-api.ts';
import { texts } from '../texts.ts';
import { PageLink } from './page-link.tsx';

type NavName = Exclude<PageName, 'signIn' | 'setup' | 'network' | 'image' | 'session' | 'share'>;

const PEOPLE: readonly NavName[] = ['home', 'sessions', 'account'];
/** Pages of administrators, and what somebody needs to see each. */
const ADMIN: readonly (readonly [NavName, Account['permissions'][number]])[] = [
  ['egress', 'networks.read'],
  ['images', 'images.read'],
  ['allSessions', 'sessions.read'],
  ['users', 'users.read'],
  ['groups', 'groups.read'],
  ['host', 'networks.read'],
  ['audit', 'audit.read'],
  ['settings', 'settings.read'],
];

/** Where one can go; what one may not see is not offered. */
export function Side({ onFollow }: { readonly onFollow: () => void }) {
  const may = useMay();
  const admin = ADMIN.filter(([, permission]) => may(permission)).map(([name]) => name);
  return (
    <Stack component="nav" gap={3} p="sm" aria-label={texts.nav.label}>
      <Section title={texts.nav.people} names={PEOPLE} onFollow={onFollow} />
      {admin.length > 0 && <Section title={texts.nav.admin} names={admin} onFollow={onFollow} />}
    </Stack>
  );
}

interface SectionProps {
  readonly title: string;
  readonly names: readonly NavName[];
  readonly onFollow: () => void;
}

function Section({ title, names, onFollow }: SectionProps) {
  return (
    <>
      <span className="section">{title}</span>
      {names.map((name) => (
        <PageLink key={name} to={PAGES[name]} className="link" onFollow={onFollow}>
          {texts.nav[name]}
        </PageLink>
      ))}
    </>
  );
}
