import type { Duplex } from 'node:stream';

/**
 * Passes bytes both ways, as fast as the slower side takes them: a stalled reader stops the other's sender and
 * nothing is collected in between. Either side may end its half alone; a side that breaks takes the other with it.
 */
export function splice(one: Duplex, other: Duplex): void {
  const pairs = [
    [one, other],
    [other, one],
  ] as const;
  for (const [from, to] of pairs) {
    from.on('error', () => to.destroy());
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
    from.pipe(to);
  }
}
