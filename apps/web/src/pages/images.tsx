import { Badge, Button, Group } from '@mantine/core';
import { PAGES } from '@sallyport/contract/server/pages';
import { useNavigate } from '@tanstack/react-router';
import { useApi, useChange, useMay } from '../api/use-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { DeleteButton } from '../parts/delete-button.tsx';
import { First } from '../parts/first.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';

const addressOf = (id: string): string => PAGES.image.replace('{id}', id);

/** All images, each with Edit beside it. */
export function Images() {
  const images = useApi('listImages', { query: { limit: 500 } });
  const manages = useMay()('images.manage');
  const navigate = useNavigate();
  const remove = useChange('deleteImage');
  return (
    <Page
      title={texts.images.title}
      actions={
        manages && (
          <Button onClick={() => void navigate({ to: addressOf('new') })}>
            {texts.images.add}
          </Button>
        )
      }
    >
      <ProblemNote error={remove.error} />
      <Loaded query={images}>
        {({ items }) => (
          <DataTable
            label={texts.images.title}
            rows={items}
            keyOf={({ id }) => id}
            empty={<First says={texts.images.empty} />}
            columns={[
              { head: texts.name, show: ({ name }) => <b>{name}</b>, text: ({ name }) => name },
              {
                head: texts.images.docker,
                show: ({ dockerImage }) => <span className="mono">{dockerImage}</span>,
                text: ({ dockerImage }) => dockerImage,
              },
              {
                head: texts.images.ways,
                show: ({ restrictToNetwork, networks }) =>
                  restrictToNetwork ? (
                    networks.map((name) => (
                      <Badge key={name} variant="light" tt="none" mr={4} miw="max-content">
                        {name}
                      </Badge>
                    ))
                  ) : (
                    <span className="quiet">{texts.images.anyNetwork}</span>
                  ),
                text: ({ networks }) => networks.join(' '),
              },
              {
                head: texts.state,
                show: ({ enabled }) => (enabled ? texts.images.enabled : texts.images.disabled),
              },
              {
                head: texts.actions,
                show: ({ id, name }) =>
                  manages && (
                    <Group gap={8} wrap="nowrap">
                      <PageLink to={addressOf(id)}>
                        {texts.edit} <span className="hidden">{name}</span>
                      </PageLink>
                      <DeleteButton
                        what={name}
                        loses={texts.loses.image}
                        onDelete={() => remove.mutate({ params: { id } })}
                      />
                    </Group>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
