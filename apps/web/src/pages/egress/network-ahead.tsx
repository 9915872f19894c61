import { Alert, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Change } from '@sallyport/contract/document';
import type { NetworkView } from '@sallyport/contract/network';
import type { SallyportError } from '@sallyport/contract/errors';
import { useApi } from '../../api/use-api.ts';
import { texts } from '../../texts.ts';
import { documentOf, type NetworkDraft } from './network-draft.ts';

const words = texts.egress.ahead;
/** How long somebody may think between two letters, in milliseconds. */
const TYPING_MS = 350;

interface Ahead {
  /** What the host would do for exactly this draft; null: not known yet. */
  readonly change: Change | null;
  readonly error: SallyportError | null;
}

/** What the agent says that it would do, without doing it. @param network null: a new one */
export function useNetworkAhead(draft: NetworkDraft, network: NetworkView | null): Ahead {
  const [settled] = useDebouncedValue(draft, TYPING_MS);
  const wish = documentOf(settled, network);
  const ahead = useApi(
    'applyNetworks',
    { body: { document: { networks: [wish] }, dryRun: true } },
    { enabled: settled.name !== '' && settled.address !== null },
  );
  if (settled !== draft) return { change: null, error: null };
  const change = ahead.data?.changes.find((one) => one.network === wish.name) ?? null;
  return { change, error: ahead.error };
}

/** Whether a form may do what the agent says: a new network is made, one that is there is changed. */
export function isWanted(change: Change | null, isNew: boolean): boolean {
  if (change === null) return false;
  return isNew ? change.action === 'create' : change.action !== 'create';
}

interface NetworkAheadProps {
  readonly draft: NetworkDraft;
  readonly change: Change | null;
  readonly isNew: boolean;
}

/** What will be done on the host, before it is done. */
export function NetworkAhead({ draft, change, isNew }: NetworkAheadProps) {
  const { name, address, moreAddresses } = draft;
  if (name === '' || address === null) return null;
  const addresses = [address, ...moreAddresses].join(', ');
  const plan = isNew ? texts.egress.plan : texts.egress.editPlan;
  return (
    <Alert role="note">
      <p className="lead">{plan(name, addresses)}</p>
      <Text size="sm" aria-live="polite">
        {change === null ? words.asking : lead(change, isNew)}
      </Text>
      {isWanted(change, isNew) && (
        <ul className="plan mono">
          {change?.details.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

function lead({ action, network }: Change, isNew: boolean): string {
  if (action === 'adopt') return words.byHand(network);
  if (isNew && action !== 'create') return words.taken(network);
  return action === 'create' || action === 'update' ? words[action] : words.unchanged;
}
