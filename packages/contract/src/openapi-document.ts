import * as z from 'zod';
import type { Endpoint } from './endpoints.ts';
import { type ErrorCode, ERRORS } from './errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Schemas with a name of their own in a document. */
export type Components = ReadonlyMap<z.ZodType, string>;

/** What an endpoint has besides parameters, body and answer. */
interface OperationExtras {
  /** Headers and shared parameters, after those of path and query. */
  readonly parameters: readonly Json[];
  /** Codes besides the endpoint's own. */
  readonly errors: readonly ErrorCode[];
  /** More members of the operation. */
  readonly more?: Json;
}

/** Writes parts of an OpenAPI 3.1 document; pure. */
export interface OpenApiWriter {
  readonly operation: (name: string, endpoint: Endpoint, extras: OperationExtras) => Json;
  readonly schema: (schema: z.ZodType, io: 'input' | 'output') => Json;
}

/** `components` become references wherever they occur but at the root of their own definition. */
export function createOpenApiWriter(components: Components): OpenApiWriter {
  /** OpenAPI 3.1 schemas are JSON Schema 2020-12; the dialect is that of the whole document. */
  const convert = (root: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, ...converted } = z.toJSONSchema(root, {
      io,
      target: 'draft-2020-12',
      override: ({ zodSchema, jsonSchema: made }) => {
        const name = components.get(zodSchema as unknown as z.ZodType);
        if (name === undefined || (zodSchema as unknown) === root) return;
        for (const key of Object.keys(made)) delete made[key];
        Object.assign(made, reference(name));
      },
    });
    return converted;
  };
  const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const name = components.get(schema);
    if (name !== undefined) return reference(name);
    if (schema instanceof z.ZodArray) {
      const item = components.get(schema.element as z.ZodType);
      if (item !== undefined) return { type: 'array', items: reference(item) };
    }
    return convert(schema, io);
  };
  const parametersOf = (
    schema: z.ZodObject | undefined,
    place: 'path' | 'query',
  ): readonly Json[] => {
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
  };
  const answer = ({ summary, response, stream, media }: Endpoint): Json => {
    if (media !== undefined) {
      const schema = { type: 'string', contentMediaType: media };
      return { description: summary, content: { [media]: { schema } } };
    }
    const type = stream === 'ndjson' ? 'application/x-ndjson' : 'application/json';
    const description =
      stream === 'ndjson'
        ? `${summary}: one JSON value a line, for as long as the caller stays`
        : summary;
    return { description, content: { [type]: { schema: jsonSchema(response, 'output') } } };
  };
  return {
    schema: convert,
    operation: (name, endpoint, { parameters: shared, errors, more = {} }) => {
      const { summary, params, query, body } = endpoint;
      const parameters = [
        ...parametersOf(params, 'path'),
        ...parametersOf(query, 'query'),
        ...shared,
      ];
      return {
        operationId: name,
        summary,
        ...more,
        ...(parameters.length > 0 && { parameters }),
        ...(body !== undefined && {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(body, 'input') } },
          },
        }),
        responses: {
          [endpoint.status]: answer(endpoint),
          ...refusals([...errors, ...endpoint.errors]),
        },
      };
    },
  };
}

/** Codes of the same HTTP status share a response; each code with what it means. */
function refusals(all: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(all)) {
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
