import * as z from 'zod';
import { networkNameField } from '../fields.ts';
import { byId, type ServerEndpoint } from './endpoint.ts';
import { imageCreateSchema, imageUpdateSchema } from './images.ts';
import {
  groupCreateSchema,
  groupUpdateSchema,
  userCreateSchema,
  userUpdateSchema,
} from './people.ts';

const { id } = byId.shape;
const version = z.int().nullable().describe('Of what was read; null overwrites whatever is there');

/** One change: the endpoint that would make it alone, with what it takes. */
const changeSchema = z.discriminatedUnion('endpoint', [
  z.strictObject({ endpoint: z.literal('createGroup'), body: groupCreateSchema }),
  z.strictObject({ endpoint: z.literal('updateGroup'), id, version, body: groupUpdateSchema }),
  z.strictObject({ endpoint: z.literal('deleteGroup'), id }),
  z.strictObject({ endpoint: z.literal('createImage'), body: imageCreateSchema }),
  z.strictObject({ endpoint: z.literal('updateImage'), id, version, body: imageUpdateSchema }),
  z.strictObject({ endpoint: z.literal('deleteImage'), id }),
  z.strictObject({ endpoint: z.literal('createUser'), body: userCreateSchema }),
  z.strictObject({ endpoint: z.literal('updateUser'), id, version, body: userUpdateSchema }),
  z.strictObject({ endpoint: z.literal('deleteUser'), id }),
]);
export type SiteChange = z.output<typeof changeSchema>;

export const changesSchema = z.strictObject({
  changes: z
    .array(changeSchema)
    .min(1)
    .max(10_000)
    .describe('In this order. `groups` of images and users are names here'),
  networks: z
    .strictObject({
      added: z.array(networkNameField).default([]).describe('Will be there: images may name them'),
      removed: z.array(networkNameField).default([]).describe('Will go: nothing may need them'),
    })
    .prefault({}),
  dryRun: z.boolean().default(false).describe('Refuses what would be refused, and changes nothing'),
});
export type SiteChanges = z.output<typeof changesSchema>;

export const CHANGE_ENDPOINTS = {
  changeTogether: {
    method: 'POST',
    path: '/api/v1/changes',
    summary:
      'Change groups, images and users together: all or nothing. Each change needs the permission that it needs alone',
    access: 'signed-in',
    bodyLimitMiB: 32,
    body: changesSchema,
    response: z.strictObject({
      ids: z.array(z.string()).describe('What was changed, in the order of the changes'),
      applied: z.boolean().describe('False for a dry run'),
    }),
    status: 200,
    errors: [
      'forbidden',
      'group_exists',
      'group_fixed',
      'group_not_found',
      'image_exists',
      'image_in_use',
      'image_not_found',
      'last_administrator',
      'network_in_use',
      'user_exists',
      'user_not_found',
      'version_changed',
      'widening_unconfirmed',
    ],
  },
} as const satisfies Record<string, ServerEndpoint>;
