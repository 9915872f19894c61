import type { LiveEvent } from '@sallyport/contract/server/live-endpoints';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

declare const SERVER_ROUTES: Readonly<Record<'liveEvents', { readonly path: string }>>;

/**
 * Reads anew what has changed as soon as the server tells of it, for as long as somebody is signed in. The
 * browser itself connects again, and the server tells what was missed, or that too much was.
 */
export function useLiveEvents(signedIn: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!signedIn) return undefined;
    const stream = new EventSource(SERVER_ROUTES.liveEvents.path);
    stream.addEventListener('message', ({ data }) => {
      const { kind } = JSON.parse(String(data)) as LiveEvent;
      void client.invalidateQueries({
        predicate: ({ queryKey }) => isAbout(kind, String(queryKey[0])),
      });
    });
    stream.addEventListener('reset', () => void client.invalidateQueries());
    return () => stream.close();
  }, [client, signedIn]);
}

/** By the name of the endpoint; what can be started depends on images and networks. */
function isAbout(kind: LiveEvent['kind'], endpoint: string): boolean {
  if (endpoint === 'launchable') return kind === 'image' || kind === 'network';
  if (endpoint === 'showHost' || endpoint === 'violations') return kind === 'network';
  return endpoint.toLowerCase().includes(kind);
}
