import { Badge, Button, Checkbox, Select, Stack, Text, Title } from '@mantine/core';
import type { Launchable } from '@sallyport/contract/server/images';
import { PAGES } from '@sallyport/contract/server/pages';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccount, useApi, useChange } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { texts } from '../texts.ts';
import { SetupCard } from './setup/setup-card.tsx';
import { isNotSetUp } from './setup/where-it-stands.ts';

/** What the one who is signed in may start. */
export function Home() {
  const launchable = useApi('launchable', {}, { live: true });
  const administrator = useAccount().data?.administrator === true;
  return (
    <Page title={texts.home.title}>
      <Loaded query={launchable}>
        {(images) => (
          <>
            {administrator && isNotSetUp(images) && <SetupCard />}
            {images.length === 0 && !administrator && (
              <Text className="panel quiet" p="lg">
                {texts.home.empty} {texts.home.emptyOther}
              </Text>
            )}
            <div className="cards">
              {images.map((image) => (
                <ImageCard key={image.id} image={image} />
              ))}
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function ImageCard({ image }: { readonly image: Launchable }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(image.network);
  const start = useChange(
    'startSession',
    ({ id }) => void navigate({ to: PAGES.session.replace('{id}', id) }),
  );
  const [own, setOwn] = useState(false);
  const asked = image.networkChoices.find(({ name }) => name === chosen);
  // Where people choose how to leave, that decides between the networks.
  const way =
    image.mayChooseEgress && asked?.ownAddress !== own
      ? image.networkChoices.find(({ ownAddress }) => ownAddress === own)
      : asked;
  const body = {
    imageId: image.id,
    ...(image.mayChooseEgress && { egress: own ? ('own' as const) : ('network' as const) }),
    ...(image.mayChooseNetwork && way !== undefined && { network: way.name }),
  };
  return (
    <article className="panel card">
      <div className="picture" aria-hidden>
        {image.picture === null ? image.name.slice(0, 1) : <img src={image.picture} alt="" />}
      </div>
      <Stack p="md" gap="xs" flex={1}>
        <Title order={2}>{image.name}</Title>
        <Text size="sm" className="quiet" lineClamp={3}>
          {image.description}
        </Text>
        {image.categories.length > 0 && (
          <div>
            {image.categories.map((category) => (
              <Badge key={category} size="sm" variant="default" tt="none" mr={4}>
                {category}
              </Badge>
            ))}
          </div>
        )}
        <Text size="sm" mt="auto">
          {texts.home.leavesBy} <b className="mono">{addressesOf(way)}</b>{' '}
          {way !== undefined && <StateBadge state={way.state} />}
        </Text>
        {way !== undefined && !image.mayChooseNetwork && (
          <Text size="sm" className="quiet mono">
            {way.name}
          </Text>
        )}
        {image.mayChooseNetwork && (
          <Select
            label={texts.home.network}
            size="xs"
            data={image.networkChoices.map(({ name }) => name)}
            value={chosen}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
        {image.mayChooseEgress && (
          <Checkbox
            label={texts.home.ownAsked}
            size="xs"
            checked={own}
            onChange={({ currentTarget }) => setOwn(currentTarget.checked)}
          />
        )}
        {image.reason !== '' && (
          <Text size="sm" className="warning">
            {image.reason}
          </Text>
        )}
        <ProblemNote error={start.error} />
        <Button
          disabled={!image.ready}
          loading={start.isPending}
          aria-label={`${texts.home.start} ${image.name}`}
          onClick={() => start.mutate({ body })}
        >
          {texts.home.start}
        </Button>
      </Stack>
    </article>
  );
}

/** A network may have a thousand addresses. */
const SHOWN = 3;

/** By what a session there will be seen, as far as it is known before it starts. */
function addressesOf(way: Launchable['networkChoices'][number] | undefined): string {
  if (way === undefined || way.egress.length === 0) return texts.home.noWay;
  if (way.ownAddress) return texts.home.ownAddress;
  const addresses = way.egress.slice(0, SHOWN).join(', ');
  const more = way.egress.length - SHOWN;
  return more > 0 ? texts.home.more(addresses, more) : addresses;
}
