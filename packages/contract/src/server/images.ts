import { NETWORK_STATES } from '@sallyport/core/network';
import * as z from 'zod';
import { networkNameField } from '../fields.ts';
import { sessionCreateSchema } from '../sessions.ts';

const DAY = 86_400;
const MEBIBYTE = 1024 * 1024;

/** Of the picture as it is sent, which is a third longer than the file. */
const PICTURE_LIMIT = 273_000;

const container = sessionCreateSchema.shape;
const volumeField = container.volumes.unwrap();

const nameField = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .meta({ description: 'Friendly name; unique', examples: ['Chromium'] });

/** No SVG: it can hold scripts. */
const pictureField = z
  .string()
  .max(PICTURE_LIMIT, 'must be of 200 kB at most')
  .regex(
    /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
    'must be a PNG, JPEG or WebP as a data: URL',
  )
  .nullable()
  .describe('PNG, JPEG or WebP as a data: URL; null: none');

/** What a run configuration may hold. Anything else is refused by its name. */
const runConfigField = z
  .strictObject({
    hostname: container.hostname,
    user: container.user.unwrap().optional(),
    environment: container.environment.unwrap().optional(),
    devices: container.devices.unwrap().optional(),
    extraHosts: container.extraHosts.unwrap().optional(),
    capAdd: container.capabilities.unwrap().optional(),
    privileged: z.boolean().optional(),
    command: container.command,
  })
  .describe('How the container runs, beyond the fields above');

const gpusField = z
  .int()
  .min(0)
  .max(64)
  .describe('GPUs, as `docker run --gpus N`; as many as the configuration of the agent allows');

const execConfigField = container.launch
  .unwrap()
  .nullable()
  .describe(
    'Commands in the desktop before it is shown, where the configuration of the agent allows them; null: none',
  );

const egressModeField = z
  .enum(['network', 'own', 'choice'])
  .describe(
    '`network`: as the network assigns its addresses. `own`: by one for the session alone, so only on networks with `assign: per-container`. `choice`: as the user likes.',
  );

const imageFields = {
  name: nameField,
  description: z.string().max(2000),
  picture: pictureField,
  dockerImage: container.image,
  enabled: z.boolean().describe('Whether sessions can be started from it'),
  categories: z.array(z.string().trim().min(1).max(64)).max(20),
  cores: container.cores.unwrap(),
  memoryMiB: z
    .int()
    .min(64)
    .max(16 * MEBIBYTE),
  sharedMemoryMiB: z.int().min(1).max(MEBIBYTE),
  pids: container.pids.unwrap(),
  gpus: gpusField,
  environment: container.environment.unwrap(),
  runConfig: runConfigField,
  execConfig: execConfigField,
  volumes: volumeField,
  persistentProfile: volumeField.element.shape.target
    .nullable()
    .describe('Path in the container that outlives the session, such as /home/user; null: none'),
  sessionTimeLimit: z
    .int()
    .min(60)
    .max(30 * DAY)
    .nullable()
    .describe('Seconds; null: only what the groups say'),
  restrictToNetwork: z
    .boolean()
    .describe('Restrict Image to Docker Network: sessions are on one of `networks`, or not at all'),
  networks: z
    .array(networkNameField)
    .max(64)
    .refine((names) => new Set(names).size === names.length, 'names a network twice')
    .describe('In the order of preference'),
  allowNetworkSelection: z
    .boolean()
    .describe('Whether people choose the network when they start a session'),
  egressMode: egressModeField,
  groups: z
    .array(z.string().max(64))
    .max(100)
    .describe('Ids of the groups that may use it; empty: everybody'),
};

const confirmWidening = z
  .boolean()
  .default(false)
  .describe('An administrator agrees to what widens the rights of the containers');

export const imageCreateSchema = z.strictObject({
  name: imageFields.name,
  description: imageFields.description.default(''),
  picture: imageFields.picture.default(null),
  dockerImage: imageFields.dockerImage,
  enabled: imageFields.enabled.default(true),
  categories: imageFields.categories.default([]),
  cores: imageFields.cores.default(2),
  memoryMiB: imageFields.memoryMiB.default(2048),
  sharedMemoryMiB: imageFields.sharedMemoryMiB.default(512),
  pids: imageFields.pids.default(1024),
  gpus: imageFields.gpus.default(0),
  environment: imageFields.environment.default({}),
  runConfig: imageFields.runConfig.default({}),
  execConfig: imageFields.execConfig.default(null),
  volumes: imageFields.volumes.default([]),
  persistentProfile: imageFields.persistentProfile.default(null),
  sessionTimeLimit: imageFields.sessionTimeLimit.default(null),
  restrictToNetwork: imageFields.restrictToNetwork.default(false),
  networks: imageFields.networks.default([]),
  allowNetworkSelection: imageFields.allowNetworkSelection.default(false),
  egressMode: imageFields.egressMode.default('network'),
  groups: imageFields.groups.default([]),
  confirmWidening,
});
export type ImageCreate = z.output<typeof imageCreateSchema>;

/** An image as it is kept: everything that is asked for, with its defaults. */
export type ImageDefinition = Omit<ImageCreate, 'confirmWidening'>;

export const imageUpdateSchema = z
  .strictObject({ ...z.strictObject(imageFields).partial().shape, confirmWidening })
  .refine((update) => Object.keys(update).length > 1, 'names nothing to change');
export type ImageUpdate = z.output<typeof imageUpdateSchema>;

/** What gives the containers of an image more than others have. */
export const WIDENING = ['privileged', 'capAdd', 'devices', 'gpus', 'volumes', 'root'] as const;

export const imageSchema = z.strictObject({
  id: z.string().describe('UUID'),
  ...imageFields,
  dockerImage: z.string(),
  networks: z.array(z.string()),
  widening: z.array(z.enum(WIDENING)).describe('What widens the rights of its containers'),
  version: z.int().describe('Grows with each change; also in the ETag header'),
  createdAt: z.int().describe('Milliseconds since 1970'),
  updatedAt: z.int().describe('Milliseconds since 1970'),
});
export type ImageView = z.infer<typeof imageSchema>;

/** An image as the one who asks may start it. */
export const launchableSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  picture: pictureField,
  categories: z.array(z.string()),
  network: z.string().nullable().describe('Where a session goes without a choice; null: nowhere'),
  networkChoices: z
    .array(
      z.strictObject({
        name: z.string(),
        state: z.enum(NETWORK_STATES),
        reason: z.string(),
        egress: z.array(z.string()).describe('Addresses by which its sessions leave'),
        uplink: z.string().nullable(),
        ownAddress: z.boolean().describe('Whether each session has one of them for itself'),
      }),
    )
    .describe('The networks that a session of it may be on, in the order of preference'),
  mayChooseNetwork: z.boolean(),
  mayChooseEgress: z.boolean().describe('Whether to leave by an address of its own, or not'),
  ready: z.boolean(),
  reason: z.string().describe('Why it can not be started now; empty when it can'),
});
export type Launchable = z.infer<typeof launchableSchema>;
