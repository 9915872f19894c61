import * as z from 'zod';
import type { ContainerState, HeldImage, SessionContainer } from '../ports/sessions.ts';
import { nullableRecord } from './docker-schema.ts';

/* Containers of sessions, and images, as the Docker Engine tells them (API 1.41 and newer). */

const inspectedSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  State: z.object({
    Status: z.string(),
    Pid: z.int(),
    ExitCode: z.int(),
    OOMKilled: z.boolean().optional(),
    Error: z.string().optional(),
    StartedAt: z.string(),
  }),
  Config: z.object({
    Image: z.string(),
    Labels: nullableRecord,
    Env: z.array(z.string()).nullish(),
  }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().optional() })).nullish(),
  }),
  Mounts: z.array(z.object({ Type: z.string(), Name: z.string().optional() })).nullish(),
});

/** The states between are told as what they lead to. */
const STATES: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  running: 'running',
  restarting: 'running',
  paused: 'paused',
  exited: 'exited',
  removing: 'dead',
  dead: 'dead',
};

export function parseSessionContainer(answer: unknown): SessionContainer {
  const { Id, Name, Created, State, Config, NetworkSettings, Mounts } =
    inspectedSchema.parse(answer);
  const endpoints = Object.entries(NetworkSettings.Networks ?? {});
  return {
    containerId: Id,
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    labels: Config.Labels,
    environment: Config.Env ?? [],
    state: STATES[State.Status] ?? 'dead',
    exitCode: State.ExitCode,
    outOfMemory: State.OOMKilled ?? false,
    error: State.Error ?? '',
    pid: State.Pid,
    addresses: Object.fromEntries(
      endpoints.flatMap(([network, { IPAddress = '' }]) =>
        IPAddress === '' ? [] : [[network, IPAddress]],
      ),
    ),
    createdAt: Date.parse(Created),
    startedAt: timeOrNull(State.StartedAt),
    volumes: (Mounts ?? []).flatMap(({ Type, Name: volume }) =>
      Type === 'volume' && volume !== undefined ? [volume] : [],
    ),
  };
}

/** Go's time without a value is the first of January of the year 1. */
function timeOrNull(text: string): number | null {
  return text.startsWith('0001-') ? null : Date.parse(text);
}

const imagesSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Size: z.int(),
    Created: z.int(),
  }),
);

export function parseImages(answer: unknown): readonly HeldImage[] {
  return imagesSchema
    .parse(answer)
    .flatMap(({ Id, RepoTags, Size, Created }) =>
      (RepoTags ?? [])
        .filter((name) => name !== '<none>:<none>')
        .map((name) => ({ name, id: Id, sizeBytes: Size, createdAt: Created * 1000 })),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A line of a pull. */
export const pullLineSchema = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z
    .object({ current: z.number().optional(), total: z.number().optional() })
    .nullish(),
  error: z.string().optional(),
});
