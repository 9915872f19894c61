import { Alert, Stack, Text } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import { PAGES } from '@sallyport/contract/server/pages';
import { useState } from 'react';
import { useAccount, useApi } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';
import { AddressStep } from './setup/address-step.tsx';
import { ImageStep } from './setup/image-step.tsx';
import { NetworkStep } from './setup/network-step.tsx';
import { SessionStep } from './setup/session-step.tsx';
import { Step } from './setup/step.tsx';
import { VerifiedStep } from './setup/verified-step.tsx';
import { type Present, STEPS, whereItStands } from './setup/where-it-stands.ts';

/** Five steps from nothing to a desktop whose address is proved. */
export function Setup() {
  const { data: account } = useAccount();
  return (
    <Page title={texts.setup.title}>
      {account?.administrator === true ? (
        <Read />
      ) : (
        <Text className="panel" p="lg">
          {texts.setup.administrators} <PageLink to={PAGES.home}>{texts.notFound.home}</PageLink>
        </Text>
      )}
    </Page>
  );
}

function Read() {
  const networks = useApi('listNetworks', {}, { live: true });
  const images = useApi('launchable', {}, { live: true });
  const sessions = useApi('listSessions', {}, { live: true });
  return (
    <Loaded query={networks}>
      {(networkList) => (
        <Loaded query={images}>
          {(imageList) => (
            <Loaded query={sessions}>
              {({ items }) => (
                <Steps present={{ networks: networkList, images: imageList, sessions: items }} />
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function Steps({ present }: { readonly present: Present }) {
  const [address, setAddress] = useState<string | null>(null);
  const { step, network, image, session } = whereItStands(present);
  const now = step === 'address' && address !== null ? 'network' : step;
  const { steps } = texts.setup;
  return (
    <Stack gap="sm" maw={960}>
      <Text className="quiet">{texts.setup.intro}</Text>
      <p className="hidden" aria-live="polite">
        {texts.setup.at(STEPS.indexOf(now) + 1, steps[now])}
      </p>
      <ol className="steps">
        <Step name="address" now={now} result={network?.egress.ipv4.join(', ') ?? address}>
          <AddressStep onChoose={setAddress} />
        </Step>
        <Step name="network" now={now} result={network?.name}>
          {network !== null && <Unready network={network} />}
          {network === null && address !== null && (
            <NetworkStep address={address} onBack={() => setAddress(null)} />
          )}
        </Step>
        <Step name="image" now={now} result={session?.imageName ?? image?.name}>
          {network !== null && (
            <ImageStep
              network={network.name}
              unready={present.images.filter(({ ready }) => !ready)}
            />
          )}
        </Step>
        <Step name="session" now={now} result={session?.imageName}>
          {image !== null && <SessionStep image={image} session={session} />}
        </Step>
        <Step name="verified" now={now}>
          {session !== null && <VerifiedStep session={session} />}
        </Step>
      </ol>
    </Stack>
  );
}

/** A network that is there and lets nothing out: why, and what helps. */
function Unready({ network: { name, state, reason, remedy } }: { readonly network: NetworkView }) {
  return (
    <Alert color="yellow" title={name} role="alert">
      <StateBadge state={state} /> {reason} {remedy}{' '}
      <PageLink to={PAGES.egress}>{texts.nav.egress}</PageLink>
    </Alert>
  );
}
