import { encodePng } from './png.ts';
import { fetchFrame } from './raw-frame.ts';
import { scaleDown } from './scale.ts';
import type { Upstream } from './upstream-handshake.ts';

/** What pictures of desktops need of the world. */
export interface ThumbnailWorld {
  readonly connect: (sessionId: string, signal: AbortSignal) => Promise<Upstream>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A session is not photographed more often. */
export const THUMBNAIL_INTERVAL_MS = 30_000;
const THUMBNAIL_WIDTH = 480;
const TIMEOUT_MS = 5_000;

interface Taken {
  readonly at: number;
  readonly png: Promise<Buffer>;
}

/** Small pictures of what sessions show, taken at most every 30 seconds, however many ask. */
export class Thumbnails {
  readonly #world: ThumbnailWorld;
  readonly #taken = new Map<string, Taken>();

  constructor(world: ThumbnailWorld) {
    this.#world = world;
  }

  /** The last picture of a session, or a new one, as PNG. @throws what the display failed with */
  async picture(sessionId: string): Promise<Buffer> {
    const last = this.#taken.get(sessionId);
    if (last !== undefined && this.#world.now() - last.at < THUMBNAIL_INTERVAL_MS) return last.png;
    const taken: Taken = { at: this.#world.now(), png: this.#take(sessionId) };
    this.#taken.set(sessionId, taken);
    try {
      return await taken.png;
    } catch (error) {
      // A display that was not there yet may be there for the next one who asks.
      if (this.#taken.get(sessionId) === taken) this.#taken.delete(sessionId);
      throw error;
    }
  }

  /** The session is gone, or nobody may see its picture any more. */
  forget(sessionId: string): void {
    this.#taken.delete(sessionId);
  }

  async #take(sessionId: string): Promise<Buffer> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const frame = await fetchFrame(await this.#world.connect(sessionId, timeout), timeout);
    return encodePng(scaleDown(frame, THUMBNAIL_WIDTH));
  }
}
