import { Text } from '@mantine/core';
import type { Setting } from '@sallyport/contract/settings';
import { PAGES } from '@sallyport/contract/server/pages';
import { useApi, useMay } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';

const words = texts.settings;
const ORDER: readonly Setting['about'][] = [
  'ways',
  'sessions',
  'retention',
  'people',
  'server',
  'host',
];

/** What server and agent are set up with, and where one would change it. */
export function SettingsPage() {
  const server = useApi('settings', {});
  const host = useApi('hostSettings', {});
  const mayGroups = useMay()('groups.read');
  return (
    <Page title={words.title}>
      <Text className="quiet" maw={760}>
        {words.help} {mayGroups && <PageLink to={PAGES.groups}>{words.groups}</PageLink>}
      </Text>
      <ProblemNote error={host.error} />
      <Loaded query={server}>
        {(ofServer) => {
          const all = [...ofServer, ...(host.data ?? [])];
          return <Settings settings={ORDER.flatMap((one) => all.filter((s) => s.about === one))} />;
        }}
      </Loaded>
    </Page>
  );
}

function Settings({ settings }: { readonly settings: readonly Setting[] }) {
  return (
    <DataTable
      label={words.title}
      rows={settings}
      // The agent and the server both have a socket and a log.
      keyOf={({ about, name }) => `${about} ${name}`}
      empty={texts.nothing}
      columns={[
        {
          head: words.what,
          show: ({ meaning, name }) => (
            <>
              {meaning}
              <div className="mono quiet">{name}</div>
            </>
          ),
          text: ({ meaning, name }) => `${meaning} ${name}`,
        },
        {
          head: words.value,
          show: ({ value }) => <span className="mono link-text">{show(value)}</span>,
          text: ({ value }) => show(value),
        },
        {
          head: words.from,
          show: ({ source, where }) => (
            <span className={where === '' ? 'quiet' : ''}>
              {words.sources[source]} <span className="mono link-text">{where}</span>
            </span>
          ),
          text: ({ source, where }) => `${words.sources[source]} ${where}`,
        },
        {
          head: words.about,
          show: ({ about }) => <span className="quiet">{words.abouts[about]}</span>,
          text: ({ about }) => words.abouts[about],
        },
      ]}
    />
  );
}

function show(value: Setting['value']): string {
  if (value === null) return words.notSet;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'object') return value.length === 0 ? words.notSet : value.join(', ');
  return String(value);
}
