import type * as z from 'zod';
import { ENDPOINTS, type Endpoint, type EndpointName } from './endpoints.ts';
import type { ErrorCode } from './errors.ts';
import { problemSchema } from './problem.ts';
import { adoptableSchema, networkViewSchema } from './network.ts';
import { applyResultSchema, documentSchema } from './document.ts';
import { eventSchema, findingSchema, hostViewSchema } from './host.ts';
import { createOpenApiWriter, type Json } from './openapi-document.ts';
import { sessionSchema, sessionVerificationSchema } from './sessions.ts';
import { verificationSchema } from './verify.ts';

/** Schemas with a name of their own in the document. */
const COMPONENTS = new Map<z.ZodType, string>([
  [problemSchema, 'Problem'],
  [networkViewSchema, 'Network'],
  [adoptableSchema, 'Adoptable'],
  [hostViewSchema, 'Host'],
  [findingSchema, 'Finding'],
  [eventSchema, 'Event'],
  [verificationSchema, 'Verification'],
  [documentSchema, 'Document'],
  [applyResultSchema, 'ApplyResult'],
  [sessionSchema, 'Session'],
  [sessionVerificationSchema, 'SessionVerification'],
]);

const writer = createOpenApiWriter(COMPONENTS);

/** Every endpoint can give them. */
const COMMON_ERRORS: readonly ErrorCode[] = ['invalid_input', 'internal'];

/** The agent's API as an OpenAPI 3.1 document; pure, the same for the same endpoints. */
export function buildOpenApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(name, endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport agent',
      version,
      description:
        'HTTP over a unix socket, by default /run/sallyport/agent.sock; whoever may open the socket ' +
        'may do everything. Refusals are problem details (RFC 9457) with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://localhost', description: 'The host of the URL means nothing here' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        [...COMPONENTS].map(([schema, name]) => [name, componentSchema(schema)]),
      ),
      parameters: { Actor: ACTOR },
    },
  };
}

const ACTOR = {
  name: 'Sallyport-Actor',
  in: 'header',
  description: 'Who asks, for the events; at most 64 printable ASCII characters are kept',
  schema: { type: 'string' },
};

function operation(name: EndpointName, endpoint: Endpoint): Json {
  return writer.operation(name, endpoint, {
    parameters: endpoint.method === 'GET' ? [] : [{ $ref: '#/components/parameters/Actor' }],
    errors: COMMON_ERRORS,
  });
}

/**
 * A document is both taken and given. Its JSON is the same both ways, and the input side is the one
 * that can be written down: what a transform gives has no schema of its own.
 */
function componentSchema(schema: z.ZodType): Json {
  return writer.schema(schema, schema === documentSchema ? 'input' : 'output');
}
