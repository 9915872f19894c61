import * as z from 'zod';
import { ENDPOINTS } from '../endpoints.ts';
import { settingSchema } from '../settings.ts';
import type { ServerEndpoint } from './endpoint.ts';

/** What server and agent are set up with. Only groups can be changed here; the rest is files and flags. */
export const SETTINGS_ENDPOINTS = {
  settings: {
    method: 'GET',
    path: '/api/v1/settings',
    summary: 'What the server is set up with, and where each setting comes from',
    access: 'settings.read',
    response: z.array(settingSchema),
    status: 200,
    errors: [],
  },
  hostSettings: {
    ...ENDPOINTS.settings,
    path: '/api/v1/host/settings',
    access: 'settings.read',
    errors: ['agent_unreachable'],
  },
} as const satisfies Record<string, ServerEndpoint>;
