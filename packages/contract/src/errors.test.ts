import { expect, test } from 'vitest';
import {
  describeFieldError,
  ERRORS,
  fromProblem,
  problemSchema,
  SallyportError,
  toProblem,
} from './errors.ts';

test.each(Object.keys(ERRORS) as (keyof typeof ERRORS)[])(
  '%s survives the way over HTTP',
  (code) => {
    const errors = [
      { field: 'a', value: 1, message: 'is one', remedy: '' },
      { field: 'b', value: undefined, message: 'is missing', remedy: 'give it' },
    ];
    const error = new SallyportError(code, 'What happened.', { remedy: 'What to do.', errors });
    const sent: unknown = JSON.parse(JSON.stringify(toProblem(error)));
    const back = fromProblem(problemSchema.parse(sent));
    expect(toProblem(back)).toEqual(toProblem(error));
    expect(toProblem(back).status).toBe(ERRORS[code].status);
  },
);

test.each([
  [new Error('boom'), 'boom'],
  ['text', 'text'],
  [undefined, 'undefined'],
])('anything else that is thrown is a bug: %s', (thrown, detail) => {
  expect(toProblem(thrown)).toMatchObject({ code: 'internal', status: 500, detail });
});

test('a long value is shown by its beginning', () => {
  const field = { field: 'name', value: 'x'.repeat(10_000), message: 'is long', remedy: 'cut it' };
  const sentence = describeFieldError(field);
  expect(sentence).toMatch(/^name: "x+… is long; cut it$/);
  expect(sentence.length).toBeLessThan(120);
});
