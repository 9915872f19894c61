import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Docker } from '../ports/docker.ts';
import { createDockerClient, refusedWith } from './docker-client.ts';
import { containerReading } from './docker-containers.ts';
import { createNetworkReader } from './docker-networks.ts';
import { BRIDGE_NAME, eventSchema, ICC, MASQUERADE, networkSchema } from './docker-schema.ts';

/** A look at the host reads a few things at once. */
const AT_ONCE = 4;

/** @param dockerHost `unix:///path`; the agent and its Docker live on the same host */
export function createDockerEngine(dockerHost: string): Docker {
  const { version, send, getOrNull, stream } = createDockerClient(dockerHost, AT_ONCE);
  const readNetworks = createNetworkReader();

  return {
    version,
    ...containerReading(getOrNull),

    async networks() {
      return readNetworks(await send({ method: 'GET', path: '/networks' }));
    },

    async attached(networkId) {
      const path = `/networks/${encodeURIComponent(networkId)}`;
      const { Containers } = networkSchema.parse(await send({ method: 'GET', path }));
      return Object.entries(Containers ?? {}).map(([id, { Name, IPv4Address }]) => ({
        id,
        name: Name,
        ipv4: IPv4Address.replace(/\/.*/, ''),
      }));
    },

    async createNetwork({ name, bridge, subnet, gateway, ipv6, reserved, labels }) {
      const body = {
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Attachable: true,
        EnableIPv6: ipv6 !== null,
        IPAM: {
          Driver: 'default',
          Config: [
            { Subnet: subnet, Gateway: gateway, AuxiliaryAddresses: reserved },
            ...(ipv6 === null ? [] : [{ Subnet: ipv6.subnet, Gateway: ipv6.gateway }]),
          ],
        },
        Options: { [BRIDGE_NAME]: bridge, [MASQUERADE]: 'false', [ICC]: 'false' },
        Labels: labels,
      };
      const answer = await send({
        method: 'POST',
        path: '/networks/create',
        body,
      });
      return z.object({ Id: z.string() }).parse(answer).Id;
    },

    async removeNetwork(id) {
      try {
        await send({
          method: 'DELETE',
          path: `/networks/${encodeURIComponent(id)}`,
        });
      } catch (error) {
        if (!refusedWith(error, 404)) throw error;
      }
    },

    async *events(signal, since) {
      const filters = encodeURIComponent(JSON.stringify({ type: ['network', 'container'] }));
      const from = since === undefined ? '' : `&since=${(since / 1000).toFixed(3)}`;
      const path = `/events?filters=${filters}${from}`;
      const answer = await stream({ method: 'GET', path, signal });
      for await (const line of createInterface({ input: answer })) {
        const { Type, Action, Actor } = eventSchema.parse(JSON.parse(line));
        yield { type: Type, action: Action, name: Actor.Attributes['name'] ?? Actor.ID };
      }
    },
  };
}
