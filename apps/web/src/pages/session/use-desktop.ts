import type { Ticket } from '@sallyport/contract/server/displays';
import type Rfb from '@novnc/novnc';
import { type RefObject, useEffect, useRef, useState } from 'react';

/** Waits before each new attempt, in milliseconds; the last one goes on. */
const BACK_OFF_MS = [500, 1000, 2000, 5000] as const;
/** Below 2 noVNC's zlib is worse than none (docs/display.md). */
const COMPRESSION = 2;

export type Phase = 'connecting' | 'connected' | 'again';

/** A desktop as it is shown. */
export interface Desktop {
  readonly phase: Phase;
  /** What the present ticket allows; null: none yet. */
  readonly ticket: Ticket | null;
  /** The last text that came from the session. */
  readonly text: string;
  readonly rfb: RefObject<Rfb | null>;
}

interface DesktopOptions {
  /** A new ticket for each attempt: they work once. */
  readonly getTicket: () => Promise<Ticket>;
  /** Whether there is something to connect to; each change ends what is there or begins anew. */
  readonly enabled: boolean;
}

/** Keeps a desktop connected for as long as its session runs. */
export function useDesktop(
  target: RefObject<HTMLDivElement | null>,
  { getTicket, enabled }: DesktopOptions,
): Desktop {
  const [phase, setPhase] = useState<Phase>('connecting');
  const [ticket, setTicket] = useState<Ticket | null>(null);
  const [text, setText] = useState('');
  const rfb = useRef<Rfb | null>(null);
  const ask = useRef(getTicket);
  ask.current = getTicket;
  useEffect(() => {
    if (!enabled) return undefined;
    const ending = new AbortController();
    let attempt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      if (ending.signal.aborted) return;
      setPhase('again');
      timer = setTimeout(() => void connect(), BACK_OFF_MS[Math.min(attempt, 3)]);
      attempt += 1;
    };
    const connect = async (): Promise<void> => {
      try {
        const [{ default: Viewer }, given] = await Promise.all([
          import('@novnc/novnc'),
          ask.current(),
        ]);
        if (ending.signal.aborted || target.current === null) return;
        const viewer = new Viewer(target.current, socketAddress(given.path), {
          shared: true,
          wsProtocols: [given.protocol, `sallyport.ticket.${given.ticket}`],
        });
        viewer.viewOnly = given.viewOnly;
        viewer.scaleViewport = true;
        viewer.resizeSession = !given.viewOnly;
        viewer.compressionLevel = COMPRESSION;
        viewer.background = '#0c1113';
        viewer.addEventListener('connect', () => {
          attempt = 0;
          setPhase('connected');
        });
        viewer.addEventListener('disconnect', later);
        viewer.addEventListener('clipboard', (event) => {
          setText((event as CustomEvent<{ readonly text: string }>).detail.text);
        });
        rfb.current = viewer;
        setTicket(given);
      } catch {
        // Why there is no ticket the state of the session tells, which is read beside this.
        later();
      }
    };
    void connect();
    return () => {
      ending.abort();
      clearTimeout(timer);
      rfb.current?.disconnect();
      rfb.current = null;
    };
  }, [enabled, target]);
  return { phase, ticket, text, rfb };
}

function socketAddress(path: string): string {
  const address = new URL(path, globalThis.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}
