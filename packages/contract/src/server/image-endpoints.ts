import * as z from 'zod';
import { ENDPOINTS } from '../endpoints.ts';
import { byId, done, pageOf, pageQuery, type ServerEndpoint, textCursor } from './endpoint.ts';
import { imageCreateSchema, imageSchema, imageUpdateSchema, launchableSchema } from './images.ts';

const WISH = ['group_not_found', 'widening_unconfirmed'] as const;

/** What sessions are made from, and what the one who asks may start. */
export const IMAGE_ENDPOINTS = {
  listImages: {
    method: 'GET',
    path: '/api/v1/images',
    summary: 'All images, the oldest first',
    access: 'images.read',
    query: pageQuery,
    response: pageOf(imageSchema, textCursor),
    status: 200,
    errors: [],
  },
  createImage: {
    method: 'POST',
    path: '/api/v1/images',
    summary:
      'Create an image; what widens the rights of its containers needs an administrator’s yes',
    access: 'images.manage',
    idempotent: true,
    body: imageCreateSchema,
    response: imageSchema,
    status: 201,
    errors: ['image_exists', 'idempotency_conflict', ...WISH],
  },
  showImage: {
    method: 'GET',
    path: '/api/v1/images/{id}',
    summary: 'One image',
    access: 'images.read',
    params: byId,
    response: imageSchema,
    status: 200,
    errors: ['image_not_found'],
  },
  updateImage: {
    method: 'PATCH',
    path: '/api/v1/images/{id}',
    summary: 'Change an image; sessions that are there stay as they are',
    access: 'images.manage',
    versioned: true,
    params: byId,
    body: imageUpdateSchema,
    response: imageSchema,
    status: 200,
    errors: ['image_not_found', 'image_exists', ...WISH],
  },
  deleteImage: {
    method: 'DELETE',
    path: '/api/v1/images/{id}',
    summary: 'Delete an image that no session is of',
    access: 'images.manage',
    params: byId,
    response: done,
    status: 200,
    errors: ['image_not_found', 'image_in_use'],
  },
  hostImages: {
    ...ENDPOINTS.listImages,
    path: '/api/v1/host/images',
    access: 'images.read',
    errors: [...ENDPOINTS.listImages.errors, 'agent_unreachable'],
  },
  launchable: {
    method: 'GET',
    path: '/api/v1/launchable',
    summary: 'The images that the one who asks may start, with the ways out that they have',
    access: 'signed-in',
    response: z.array(launchableSchema),
    status: 200,
    errors: [],
  },
} as const satisfies Record<string, ServerEndpoint>;
