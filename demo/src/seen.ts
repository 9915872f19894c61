import { randomUUID } from 'node:crypto';
import type { Lab } from '@sallyport/lab/lab';

/** What the machine beyond knows of one question: by which address and on which uplink it came. */
export interface Seen {
  readonly answered: boolean;
  readonly sources: readonly { readonly source: string; readonly uplink: string }[];
}

/**
 * Sends a datagram from inside a container and asks the capture by whom it was sent: it knows the
 * datagram by its payload, whatever its source.
 */
export async function askFrom(lab: Lab, container: string, timeoutS = 1): Promise<Seen> {
  const tag = `demo-${randomUUID()}`;
  const since = Date.now();
  const { ok } = await lab
    .container(container)
    .traffic('udp', ['--tag', tag, '--timeout', String(timeoutS)]);
  const packets = await lab.capture.packets({ since, tag });
  const pairs = new Map(
    packets.map(({ source, uplink }) => [`${source} ${uplink}`, { source, uplink }]),
  );
  return { answered: ok, sources: [...pairs.values()] };
}
