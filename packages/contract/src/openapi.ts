import * as z from 'zod';
import { ENDPOINTS, type Endpoint, type EndpointName } from './endpoints.ts';
import { type ErrorCode, ERRORS, problemSchema } from './errors.ts';
import { adoptableSchema, networkViewSchema } from './network.ts';
import { applyResultSchema, documentSchema } from './document.ts';
import { eventSchema, findingSchema, hostViewSchema } from './host.ts';
import { verificationSchema } from './verify.ts';

type Json = Readonly<Record<string, unknown>>;

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
]);

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
  const { method, summary, params, query, body } = endpoint;
  const actor = method === 'GET' ? [] : [{ $ref: '#/components/parameters/Actor' }];
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query'), ...actor];
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(body, 'input') } },
      },
    }),
    responses: { [endpoint.status]: answer(endpoint), ...refusals(endpoint.errors) },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function answer({ summary, response, stream }: Endpoint): Json {
  const type = stream === 'ndjson' ? 'application/x-ndjson' : 'application/json';
  const description =
    stream === 'ndjson'
      ? `${summary}: one JSON value a line, for as long as the caller stays`
      : summary;
  return { description, content: { [type]: { schema: jsonSchema(response, 'output') } } };
}

/** Codes of the same HTTP status share a response; each code with what it means. */
function refusals(own: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...COMMON_ERRORS, ...own])) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join('\n'),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [reference('Problem'), { properties: { code: { enum: codes } } }],
            },
          },
        },
      },
    ]),
  );
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const name = COMPONENTS.get(schema);
  if (name !== undefined) return reference(name);
  if (schema instanceof z.ZodArray) {
    const item = COMPONENTS.get(schema.element as z.ZodType);
    if (item !== undefined) return { type: 'array', items: reference(item) };
  }
  return convert(schema, io);
}

/**
 * A document is both taken and given. Its JSON is the same both ways, and the input side is the one
 * that can be written down: what a transform gives has no schema of its own.
 */
function componentSchema(schema: z.ZodType): Json {
  return convert(schema, schema === documentSchema ? 'input' : 'output');
}

/** OpenAPI 3.1 schemas are JSON Schema 2020-12; the dialect is that of the whole document. */
function convert(root: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...converted } = z.toJSONSchema(root, {
    io,
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema: made }) => {
      const name = COMPONENTS.get(zodSchema as unknown as z.ZodType);
      if (name === undefined || (zodSchema as unknown) === root) return;
      for (const key of Object.keys(made)) delete made[key];
      Object.assign(made, reference(name));
    },
  });
  return converted;
}
