import * as z from 'zod';
import type { DockerNetwork } from '../ports/docker.ts';

/* What the Docker Engine answers (API 1.41 and newer), as far as it is read. */

export const nullableRecord = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const ipamSchema = z.object({
  Subnet: z.string().optional(),
  Gateway: z.string().optional(),
  AuxiliaryAddresses: nullableRecord,
  // Older engines answer under this name.
  AuxAddress: nullableRecord,
});

export const networkSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string(),
  Scope: z.string(),
  Internal: z.boolean(),
  EnableIPv6: z.boolean().optional(),
  IPAM: z.object({ Config: z.array(ipamSchema).nullish() }).nullish(),
  Options: nullableRecord,
  Labels: nullableRecord,
  Containers: z
    .record(z.string(), z.object({ Name: z.string(), IPv4Address: z.string() }))
    .nullish(),
});

export const BRIDGE_NAME = 'com.docker.network.bridge.name';
export const MASQUERADE = 'com.docker.network.bridge.enable_ip_masquerade';
export const ICC = 'com.docker.network.bridge.enable_icc';

export function toDockerNetwork(answer: z.output<typeof networkSchema>): DockerNetwork {
  const all = answer.IPAM?.Config ?? [];
  const pools = all.filter(({ Subnet }) => Subnet !== undefined && !Subnet.includes(':'));
  const ipv6 = answer.EnableIPv6 ?? false;
  return {
    id: answer.Id,
    name: answer.Name,
    driver: answer.Driver,
    scope: answer.Scope,
    internal: answer.Internal,
    ipv6,
    subnets: pools.flatMap(({ Subnet }) => Subnet ?? []),
    subnets6: ipv6 ? all.flatMap(({ Subnet }) => (Subnet?.includes(':') ? [Subnet] : [])) : [],
    gateway: pools[0]?.Gateway?.replace(/\/.*/, '') ?? null,
    // Docker names a bridge after the network's id where nobody chose a name.
    bridge: answer.Options[BRIDGE_NAME] ?? `br-${answer.Id.slice(0, 12)}`,
    ...(answer.Options['parent'] !== undefined && { parent: answer.Options['parent'] }),
    masquerade: answer.Options[MASQUERADE] !== 'false',
    icc: answer.Options[ICC] !== 'false',
    reserved: { ...pools[0]?.AuxAddress, ...pools[0]?.AuxiliaryAddresses },
    labels: answer.Labels,
  };
}

export const eventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: nullableRecord }),
});

export const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
});
