import type * as z from 'zod';
import { describeFieldError, type FieldError, SallyportError } from './errors.ts';

/**
 * Reads an unknown value by a schema, or says which fields are wrong.
 * @throws SallyportError `invalid_input` with one entry a field
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => toFieldErrors(issue, input));
  throw new SallyportError('invalid_input', errors.map(describeFieldError).join('\n'), { errors });
}

function toFieldErrors(issue: z.core.$ZodIssue, input: unknown): readonly FieldError[] {
  const field = fieldPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldPath([...issue.path, key]),
      value: undefined,
      message: 'is not a known field',
      remedy: 'remove it or correct its name',
    }));
  }
  // A preprocessed value is not where the path says: then what the failing schema itself was given.
  const value = valueAt(input, issue.path) ?? issue.input;
  return [{ field, value, message: messageOf(issue, value), remedy: remedyOf(issue) }];
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  return value === undefined && issue.code === 'invalid_type' ? 'is missing' : issue.message;
}

function remedyOf(issue: z.core.$ZodIssue): string {
  const remedy: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return typeof remedy === 'string' ? remedy : '';
}

/** As it is written in JavaScript: keys that are no names stand in brackets, quoted. */
function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'input';
  return path.map(pathPart).join('').replace(/^\./, '');
}

function pathPart(part: PropertyKey): string {
  if (typeof part === 'number') return `[${part}]`;
  const key = String(part);
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
