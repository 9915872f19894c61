import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectDisplay } from '../ports/display.ts';

/** What an RFB 3.8 server says first (RFC 6143, 7.1.1). An Xvnc that locks somebody out says 003.003. */
const GREETING = 'RFB 003.008\n';
const TIMEOUT_MS = 1_000;

/** Whether a display greets now. */
export async function greets(
  connect: ConnectDisplay,
  place: Parameters<ConnectDisplay>[0],
): Promise<boolean> {
  const late = new AbortController();
  const answer = readGreeting(connect, place, late.signal);
  const tooLate = sleep(TIMEOUT_MS, false, { signal: late.signal }).catch(() => false);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    late.abort();
  }
}

async function readGreeting(
  connect: ConnectDisplay,
  place: Parameters<ConnectDisplay>[0],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const socket = await connect(place);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    if (signal.aborted) socket.destroy();
    let text = '';
    for await (const chunk of socket) {
      text += (chunk as Buffer).toString('latin1');
      if (text.length >= GREETING.length) return text.startsWith(GREETING);
    }
    return false;
  } catch {
    // Nobody listens there yet.
    return false;
  }
}
