import { Badge } from '@mantine/core';
import type { NetworkView } from '@sallyport/contract/network';
import type { SessionView } from '@sallyport/contract/server/sessions';

type State = SessionView['state'] | NetworkView['state'];

/** Where a state stands: well, on its way, at rest, or wrong. */
function colourOf(state: State): string {
  switch (state) {
    case 'Ready':
    case 'running':
      return 'teal';
    case 'Blocked':
    case 'Error':
    case 'failed':
    case 'quarantined':
      return 'red';
    case 'paused':
    case 'stopped':
    case 'deleted':
      return 'gray';
    default:
      return 'yellow';
  }
}

/** The state in words; the colour only repeats it. */
export function StateBadge({ state }: { readonly state: State }) {
  return (
    <Badge color={colourOf(state)} variant="dot" miw="max-content" tt="none" fw={600}>
      {state}
    </Badge>
  );
}
