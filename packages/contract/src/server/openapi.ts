import type * as z from 'zod';
import { documentSchema } from '../document.ts';
import type { ErrorCode } from '../errors.ts';
import { problemSchema } from '../problem.ts';
import { networkViewSchema } from '../network.ts';
import { createOpenApiWriter, type Json } from '../openapi-document.ts';
import { auditEntrySchema } from './audit.ts';
import { sessionSchema } from './sessions.ts';
import type { ServerEndpoint } from './endpoint.ts';
import { SERVER_ENDPOINTS, type ServerEndpointName } from './endpoints.ts';
import { liveEventSchema } from './live-endpoints.ts';
import { imageSchema, launchableSchema } from './images.ts';
import { accountSchema, groupSchema, keySchema, userSchema } from './people.ts';

const COMPONENTS = new Map<z.ZodType, string>([
  [problemSchema, 'Problem'],
  [accountSchema, 'Account'],
  [userSchema, 'User'],
  [groupSchema, 'Group'],
  [keySchema, 'ApiKey'],
  [auditEntrySchema, 'AuditEntry'],
  [imageSchema, 'Image'],
  [launchableSchema, 'Launchable'],
  [sessionSchema, 'Session'],
  [liveEventSchema, 'LiveEvent'],
  [networkViewSchema, 'Network'],
  [documentSchema, 'Document'],
]);
const writer = createOpenApiWriter(COMPONENTS);

const CSRF = {
  name: 'Sallyport-CSRF',
  in: 'header',
  description: '`csrfToken` of the account; needed with the cookie, not with an API key',
  schema: { type: 'string' },
};
const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'ETag of what was read, or * to overwrite whatever is there',
  schema: { type: 'string' },
};
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'At most 128 printable characters; the same request with the same key is carried out once in 24 hours',
  schema: { type: 'string', maxLength: 128 },
};

/** The server's API as an OpenAPI 3.1 document; pure, the same for the same endpoints. */
export function buildServerOpenApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[]) {
    const endpoint: ServerEndpoint = SERVER_ENDPOINTS[name];
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(name, endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport server',
      version,
      description: 'Refusals are problem details (RFC 9457) with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        // A document is taken and given; what a transform gives has no schema of its own.
        [...COMPONENTS].map(([schema, name]) => [
          name,
          writer.schema(schema, schema === documentSchema ? 'input' : 'output'),
        ]),
      ),
      securitySchemes: {
        cookie: { type: 'apiKey', in: 'cookie', name: 'sallyport' },
        key: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operation(name: ServerEndpointName, endpoint: ServerEndpoint): Json {
  const { access, method, versioned, idempotent } = endpoint;
  const open = access === 'public';
  const errors: readonly ErrorCode[] = [
    'invalid_input',
    'internal',
    ...(method === 'GET' ? [] : (['foreign_request'] as const)),
    ...(open ? [] : (['not_signed_in'] as const)),
    ...(open || access === 'signed-in' ? [] : (['forbidden'] as const)),
    ...(versioned ? (['version_required', 'version_changed'] as const) : []),
  ];
  const headers = [
    ...(open || method === 'GET' ? [] : [CSRF]),
    ...(versioned ? [IF_MATCH] : []),
    ...(idempotent ? [IDEMPOTENCY_KEY] : []),
  ];
  const security = access === 'in-person' ? [{ cookie: [] }] : [{ cookie: [] }, { key: [] }];
  return writer.operation(name, endpoint, {
    parameters: headers,
    errors,
    more: { 'x-access': access, security: open ? [] : security },
  });
}
