import { setTimeout as sleep } from 'node:timers/promises';
import { decodeFrame } from './decode.ts';
import {
  packetFits,
  summarizeSources,
  type Packet,
  type PacketFilter,
  type SeenSource,
} from './packet.ts';
import { PcapFile } from './pcap-reader.ts';
import { flushCapture, type CaptureStatistics, type TcpdumpProcess } from './tcpdump.ts';

/** The capture of one uplink. */
export interface UplinkCapture {
  /** Host-side name of the uplink. */
  readonly uplink: string;
  readonly pcapFile: string;
  readonly tcpdump: TcpdumpProcess;
}

/** Packets on their way through the kernel's queues of the other processor, in milliseconds. */
const IN_FLIGHT_MS = 10;

/** All that left the host under test, on every uplink, since the lab is up. */
export class Capture {
  readonly #uplinks: readonly (UplinkCapture & { readonly file: PcapFile })[];

  constructor(uplinks: readonly UplinkCapture[]) {
    this.#uplinks = uplinks.map((each) => ({ ...each, file: new PcapFile(each.pcapFile) }));
  }

  /** The capture files, by the host-side name of the uplink. */
  get files(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#uplinks.map(({ uplink, pcapFile }) => [uplink, pcapFile]));
  }

  /**
   * The packets that fit and had left the host when this was called, by uplink
   * and then by time.
   *
   * @throws Error when the kernel has dropped packets of the capture, or the
   *   capture has ended: an oracle that has not seen everything proves nothing.
   */
  async packets(filter: PacketFilter = {}): Promise<readonly Packet[]> {
    const statistics = await this.statistics();
    const lost = Object.entries(statistics).filter(([, { dropped }]) => dropped > 0);
    if (lost.length > 0) {
      const words = lost.map(([uplink, { dropped }]) => `${String(dropped)} on ${uplink}`);
      throw new Error(`the capture has lost packets: ${words.join(', ')}`);
    }
    return this.packetsSoFar(filter);
  }

  /** As `packets`, without the barrier and the check for losses. */
  async packetsSoFar(filter: PacketFilter = {}): Promise<readonly Packet[]> {
    const found: Packet[] = [];
    for (const { uplink, file } of this.#uplinks) {
      if (filter.uplink !== undefined && filter.uplink !== uplink) continue;
      for await (const { at, length, bytes } of file.records(filter.since)) {
        const packet = decodeFrame({ at, uplink, length, bytes });
        if (packet === undefined || !packetFits(packet, filter)) continue;
        // A copy: the bytes are a window on a chunk of the file, which would stay in memory.
        found.push({ ...packet, payload: Buffer.from(packet.payload) });
      }
    }
    return found;
  }

  /**
   * Which source addresses showed on which uplink since then.
   *
   * @throws Error as `packets`.
   */
  async sourcesSince(since: number): Promise<readonly SeenSource[]> {
    return summarizeSources(await this.packets({ since }));
  }

  /** What each capture has counted, by uplink; everything it has counted is in its file. */
  async statistics(): Promise<Readonly<Record<string, CaptureStatistics>>> {
    await sleep(IN_FLIGHT_MS);
    const counts = await Promise.all(
      this.#uplinks.map(
        async ({ uplink, tcpdump }) => [uplink, await flushCapture(tcpdump)] as const,
      ),
    );
    return Object.fromEntries(counts);
  }
}
