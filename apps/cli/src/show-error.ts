import {
  describeFieldError,
  ERRORS,
  type FieldError,
  type Problem,
  SallyportError,
  toProblem,
} from '@sallyport/contract/errors';
import { printable } from './printable.ts';

/** Paths of the contract's fields as the user typed them, by the command. */
export type FieldNames = Readonly<Record<string, string>>;

/** A problem in the user's words: fields are called by the flags that set them. */
export function problemFor(error: unknown, names: FieldNames): Problem {
  const problem = toProblem(error);
  if (problem.errors.length === 0) return problem;
  const errors = problem.errors.map(({ value, ...one }) => ({
    ...one,
    field: typedAs(one.field, names),
    // A password that is refused is often nearly the right one.
    ...(value !== undefined && !SECRETS.has(one.field) && { value }),
  }));
  return { ...problem, errors, detail: errors.map(describeFieldError).join('\n') };
}

/** Fields whose value is shown to nobody. */
const SECRETS: ReadonlySet<string> = new Set(['password', 'current', 'new', 'code']);

/** The flag of the longest known path that holds the field. */
function typedAs(field: string, names: FieldNames): string {
  const known = Object.keys(names)
    .filter(
      (path) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`),
    )
    .toSorted((a, b) => b.length - a.length)[0];
  return known === undefined ? field : (names[known] ?? field);
}

/** For standard error: what happened, and below it what to do. */
export function renderProblem(problem: Problem): string {
  const lines =
    problem.errors.length > 0
      ? problem.errors.flatMap(fieldLines)
      : [...problem.detail.split('\n').map(printable), ...remedyLines(problem.remedy)];
  const [first = problem.title, ...rest] = lines;
  const bug = problem.code === 'internal' ? ['  This is a bug in Sallyport.'] : [];
  return [`sallyport: ${first}`, ...rest, ...bug, ''].join('\n');
}

function fieldLines(error: FieldError): readonly string[] {
  return [printable(describeFieldError({ ...error, remedy: '' })), ...remedyLines(error.remedy)];
}

function remedyLines(remedy: string): readonly string[] {
  if (remedy === '') return [];
  const lines = remedy.split('\n').map(printable);
  return lines.map((line) => `  ${line.charAt(0).toUpperCase()}${line.slice(1)}`);
}

export function exitCodeOf(problem: Problem): number {
  return ERRORS[problem.code].exit;
}

/** Input that the user has to correct; `field` is what the user typed. */
export function badInput(field: string, value: unknown, fault: Fault): SallyportError {
  const error = { field, value, ...fault };
  return new SallyportError('invalid_input', describeFieldError(error), { errors: [error] });
}

interface Fault {
  readonly message: string;
  readonly remedy: string;
}
