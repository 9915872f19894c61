import {
  Alert,
  Autocomplete,
  Button,
  Code,
  Group,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { Launchable } from '@sallyport/contract/server/images';
import { PAGES } from '@sallyport/contract/server/pages';
import { type SyntheticEvent, useState } from 'react';
import { useApi, useChange } from '../../api/use-api.ts';
import { ProblemNote } from '../../parts/problem.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { texts } from '../../texts.ts';
import { isOnHost, nameToOffer } from './docker-names.ts';

const words = texts.setup.image;

interface ImageStepProps {
  readonly network: string;
  /** Those that are there and can not be started. */
  readonly unready: readonly Launchable[];
}

/** An image that is restricted to the network; what is not on the host is pulled by its first session. */
export function ImageStep({ network, unready }: ImageStepProps) {
  const host = useApi('hostImages', {});
  const names = (host.data ?? []).map(({ name }) => name);
  const [name, setName] = useState<string>(words.nameOffered);
  const [written, setWritten] = useState<string | null>(null);
  const [firstPage, setFirstPage] = useState('');
  const create = useChange('createImage');
  const dockerImage = written ?? nameToOffer(names);
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    const environment = firstPage.trim() === '' ? {} : { START_URL: firstPage.trim() };
    const way = { restrictToNetwork: true, networks: [network] };
    create.mutate({ body: { name, dockerImage: dockerImage.trim(), environment, ...way } });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {unready.map(({ id, name: other, reason }) => (
          <Text key={id} size="sm" className="warning">
            <PageLink to={PAGES.image.replace('{id}', id)}>{other}</PageLink>: {reason}
          </Text>
        ))}
        <Text size="sm">{words.help(network)}</Text>
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          <TextInput
            label={texts.images.friendly}
            description={words.nameHelp}
            required
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Autocomplete
            label={texts.images.docker}
            description={words.dockerHelp}
            required
            data={[...new Set(names)]}
            value={dockerImage}
            onChange={setWritten}
          />
          <TextInput
            label={words.firstPage}
            description={words.firstPageHelp}
            value={firstPage}
            onChange={({ currentTarget }) => setFirstPage(currentTarget.value)}
          />
        </SimpleGrid>
        <ProblemNote error={host.error} />
        {host.data !== undefined && <WhereItIs there={isOnHost(dockerImage, names)} />}
        <ProblemNote error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function WhereItIs({ there }: { readonly there: boolean }) {
  if (there) return <Text size="sm">{words.onHost}</Text>;
  return (
    <Alert color="gray" role="note" title={words.notOnHost}>
      <p className="lead">{words.pulled}</p>
      <p className="lead">{words.build}</p>
      <Code block>npm run image</Code>
    </Alert>
  );
}
