import { LIVE_ENDPOINTS } from '@sallyport/contract/server/live-endpoints';

/** What the server tells of changes, as the page listens to it. */
export interface LiveEvents {
  /** Until something has changed of this object, or so many milliseconds have passed. */
  readonly next: (id: string, timeoutMs: number) => Promise<void>;
  readonly close: () => void;
}

/** Opens the stream. It holds what has come until it is asked for. @throws Error when it is refused */
export async function openLiveEvents(url: string, cookie: string): Promise<LiveEvents> {
  const ending = new AbortController();
  const response = await fetch(`${url}${LIVE_ENDPOINTS.liveEvents.path}`, {
    headers: { cookie },
    signal: ending.signal,
  });
  if (response.status !== 200 || response.body === null) {
    throw new Error(`live events: ${response.status}`);
  }
  const changed = new Set<string>();
  let wake: () => void = () => undefined;
  const listen = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
    let text = '';
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: ')) continue;
        changed.add((JSON.parse(line.slice(6)) as { readonly id: string }).id);
        wake();
      }
    }
  };
  // Its end is ours.
  listen(response.body).catch(() => undefined);
  return {
    next: async (id, timeoutMs) => {
      const end = performance.now() + timeoutMs;
      while (!changed.delete(id) && performance.now() < end) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, end - performance.now());
        // oxlint-disable-next-line no-await-in-loop -- one change after the other
        await promise;
        clearTimeout(timer);
      }
    },
    close: () => ending.abort(),
  };
}
