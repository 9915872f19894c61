import { AddressError, parseIpv4 } from '@sallyport/core/ipv4';
import { parseIpv6 } from '@sallyport/core/ipv6';
import * as z from 'zod';
import { networkNameField } from './fields.ts';

/** A container's path, absolute and as it will be: nothing that has to be resolved first. */
const pathField = z
  .string()
  .max(1024)
  .regex(/^\/(?!$)[^\0:]*$/, 'must be an absolute path')
  .refine((path) => !/(^|\/)\.{0,2}(\/|$)/.test(path.slice(1)), 'must have no empty part, . or ..');

const imageField = z
  .string()
  .max(255)
  .regex(/^[a-z0-9][\w./:@-]*$/i, 'must be the reference of a Docker image')
  .describe('Reference of a Docker image')
  .meta({ examples: ['sallyport/desktop:1'] });

/** Names that the agent sets itself, so that nobody else decides on the display. */
const OWN_VARIABLES = /^SALLYPORT_(DISPLAY|CLIPBOARD)_/;

const environmentField = z
  .record(
    z
      .string()
      .max(255)
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable')
      .refine((name) => !OWN_VARIABLES.test(name), 'is set by the agent itself'),
    z.string().max(32_768).refine(hasNoNul, 'must not hold a NUL'),
  )
  .describe('Variables of the environment');

const hostNameField = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i)
  .max(253);

const userField = z
  .string()
  .regex(/^\d{1,9}(:\d{1,9})?$/, 'must be UID or UID:GID, in figures')
  .describe('UID[:GID]; root only where the configuration of the agent allows it');

const displayField = z.strictObject({
  kind: z.literal('vnc'),
  port: z.int().min(1).max(65_535).default(5901).describe('In the container'),
  clipboardIn: z.boolean().describe('Whether the desktop takes text from outside'),
  clipboardOut: z.boolean().describe('Whether the desktop gives text away'),
});

const wordsField = z.array(z.string().max(32_768).refine(hasNoNul)).max(256);

const launchCommandField = z.strictObject({
  command: wordsField.min(1).describe('Program and arguments; no shell reads them'),
  timeoutSeconds: z.int().min(1).max(120).default(60),
});

/** Profiles are volumes with this beginning and our label; no other volume of Docker can be named. */
const PROFILE_VOLUME = /^sallyport-profile-[a-z0-9][a-z0-9_.-]{0,127}$/;

/** What `POST /v1/sessions` takes. */
export const sessionCreateSchema = z.strictObject({
  id: z.uuid().describe('Given by the caller: the same id again is the same session'),
  image: imageField.describe('Docker image; it must be on the host already'),
  network: networkNameField.describe('The egress network, the only one of the container'),
  ownAddress: z
    .boolean()
    .default(false)
    .describe('Refuse a network that does not give each container an egress address of its own'),
  environment: environmentField.default({}),
  hostname: hostNameField.optional(),
  user: userField.default('1000:1000'),
  command: wordsField.optional(),
  launch: z
    .strictObject({
      firstLaunch: launchCommandField.optional().describe('Once in the life of the container'),
      everyStart: launchCommandField.optional().describe('After each start, the first too'),
    })
    .optional()
    .describe('Commands that `POST /v1/sessions/{id}/launch` runs, as the user of the session'),
  cores: z.number().min(0.05).max(512).default(2).describe('A limit, not a reservation'),
  memoryBytes: z
    .int()
    .min(16 * 1024 * 1024)
    .default(2_147_483_648)
    .describe('With no swap beyond it'),
  sharedMemoryBytes: z
    .int()
    .min(1024 * 1024)
    .default(536_870_912),
  pids: z.int().min(16).max(32_768).default(1024).describe('Processes and threads at once'),
  volumes: z
    .array(
      z.strictObject({
        source: pathField.describe('Directory or file of the host'),
        target: pathField,
        readOnly: z.boolean().default(false),
      }),
    )
    .max(64)
    .default([])
    .describe('Paths of the host, each below a root that the configuration of the agent lists'),
  profile: z
    .strictObject({
      volume: z.string().regex(PROFILE_VOLUME, 'must begin with sallyport-profile-'),
      target: pathField,
    })
    .optional()
    .describe('A Docker volume that outlives the session; made when it is missing'),
  devices: z.array(pathField).max(32).default([]),
  gpus: z.int().min(1).max(64).optional().describe('As `docker run --gpus N`'),
  capabilities: z
    .array(z.string().regex(/^(CAP_)?[A-Z_]{3,40}$/, 'must be the name of a capability'))
    .max(64)
    .default([]),
  privileged: z.boolean().default(false),
  extraHosts: z
    .record(hostNameField, z.string().refine(isAddress, 'must be an IP address'))
    .default({}),
  display: displayField.nullable().describe('null: the session has no desktop'),
  labels: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'must be of a-z, 0-9, . and -'),
      z.string().max(4096),
    )
    .default({})
    .describe('The caller’s own, kept with the container and answered again'),
});
export type SessionCreate = z.output<typeof sessionCreateSchema>;
export type SessionCreateInput = z.input<typeof sessionCreateSchema>;

/** A session as Docker has it at this moment; the agent remembers nothing of it. */
export const sessionSchema = z.strictObject({
  id: z.string(),
  containerId: z.string(),
  name: z.string().describe('Of the container'),
  image: z.string(),
  network: z.string(),
  state: z.enum(['created', 'running', 'paused', 'exited', 'dead']),
  exitCode: z.int().nullable().describe('null: it has not ended'),
  reason: z.string().describe('One sentence: how it stands, or how it ended'),
  address: z.string().nullable().describe('IPv4 address in its network; null: it has none now'),
  display: z
    .strictObject({
      port: z.int(),
      ready: z
        .boolean()
        .describe('Whether the display has just now greeted; false in lists, which do not ask'),
    })
    .nullable(),
  createdAt: z.int().describe('Epoch milliseconds'),
  startedAt: z.int().nullable().describe('Epoch milliseconds; null: it was never started'),
  labels: z.record(z.string(), z.string()),
});
export type Session = z.infer<typeof sessionSchema>;

/** By which address a session is seen from outside, asked in its own network namespace. */
export const sessionVerificationSchema = z.strictObject({
  ok: z.boolean(),
  expected: z.array(z.string()).describe('The egress addresses of its network'),
  observed: z.string().nullable().describe('What an echo service saw; null: no answer'),
  at: z.int().describe('Epoch milliseconds'),
  reason: z.string().describe('One sentence'),
});
export type SessionVerification = z.infer<typeof sessionVerificationSchema>;

function hasNoNul(text: string): boolean {
  return !text.includes('\0');
}

function isAddress(text: string): boolean {
  return [parseIpv4, parseIpv6].some((parse) => {
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof AddressError) return false;
      throw error;
    }
  });
}

/** An image that Docker holds. */
export const imageSchema = z.strictObject({
  name: z.string(),
  id: z.string(),
  sizeBytes: z.int(),
  createdAt: z.int().describe('Epoch milliseconds'),
});
export type DockerImage = z.infer<typeof imageSchema>;

/** What `POST /v1/images/pull` takes. */
export const pullRequestSchema = z.strictObject({
  image: imageField,
  credentials: z
    .strictObject({ username: z.string().max(255), password: z.string().max(65_536) })
    .nullable()
    .default(null)
    .describe('Of the registry; passed on to Docker and kept nowhere'),
});
export type PullRequest = z.output<typeof pullRequestSchema>;

/** A step of a pull. */
export const pullProgressSchema = z.strictObject({
  layer: z.string().optional(),
  status: z.string(),
  percent: z.number().nullable().describe('Of this layer; null: not known'),
});

/** The last line of a pull that went well. */
export const pullDoneSchema = z.strictObject({
  done: z.literal(true),
  id: z.string().describe('Of the image'),
});
