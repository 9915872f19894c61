import * as z from 'zod';
import type { ContainerReading, ContainerSettings, RunningContainer } from '../ports/containers.ts';
import { nullableRecord } from './docker-schema.ts';

/* Containers as the Docker Engine tells them (API 1.41 and newer). */

const listedSchema = z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Labels: nullableRecord,
  HostConfig: z.object({ NetworkMode: z.string().optional() }).nullish(),
  NetworkSettings: z
    .object({
      Networks: z
        .record(
          z.string(),
          z.object({
            NetworkID: z.string(),
            EndpointID: z.string(),
            IPAddress: z.string().optional(),
            GlobalIPv6Address: z.string().optional(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

const inspectedSchema = z.object({
  State: z.object({ Pid: z.int() }),
  HostConfig: z.object({
    Dns: z.array(z.string()).nullish(),
    Privileged: z.boolean().optional(),
    CapAdd: z.array(z.string()).nullish(),
  }),
});

/** @param get reads a path of the API; null: there is no such thing */
export function containerReading(get: (path: string) => Promise<unknown>): ContainerReading {
  return {
    async runningContainers() {
      const answer = z.array(listedSchema).parse(await get('/containers/json'));
      return answer.map(toRunning).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    async containerSettings(id) {
      const answer = await get(`/containers/${encodeURIComponent(id)}/json`);
      return answer === null ? null : toSettings(inspectedSchema.parse(answer));
    },
  };
}

function toRunning(answer: z.output<typeof listedSchema>): RunningContainer {
  const networks = Object.entries(answer.NetworkSettings?.Networks ?? {});
  return {
    id: answer.Id,
    // A link adds names such as /other/alias.
    name: (answer.Names ?? []).find((name) => name.lastIndexOf('/') === 0)?.slice(1) ?? answer.Id,
    networkMode: answer.HostConfig?.NetworkMode ?? '',
    endpoints: networks
      .map(([networkName, endpoint]) => ({
        networkId: endpoint.NetworkID,
        networkName,
        endpointId: endpoint.EndpointID,
        ipv4: endpoint.IPAddress ?? '',
        ipv6: endpoint.GlobalIPv6Address ?? '',
      }))
      .toSorted((a, b) => (a.networkId < b.networkId ? -1 : 1)),
    labels: answer.Labels,
  };
}

function toSettings({ State, HostConfig }: z.output<typeof inspectedSchema>): ContainerSettings {
  const capabilities = (HostConfig.CapAdd ?? []).map((name) => name.replace(/^CAP_/i, ''));
  return {
    pid: State.Pid,
    dns: HostConfig.Dns ?? [],
    mayRoute:
      HostConfig.Privileged === true ||
      capabilities.some((name) => ['NET_ADMIN', 'ALL'].includes(name.toUpperCase())),
  };
}
