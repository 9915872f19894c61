import { expect, test } from 'vitest';
import { describeFieldError, ERRORS, readProblem, SallyportError, toProblem } from './errors.ts';
import { problemSchema } from './problem.ts';

test.each(Object.keys(ERRORS) as (keyof typeof ERRORS)[])(
  '%s survives the way over HTTP',
  (code) => {
    const errors = [
      { field: 'a', value: 1, message: 'is one', remedy: '' },
      { field: 'b', value: undefined, message: 'is missing', remedy: 'give it' },
    ];
    const error = new SallyportError(code, 'What happened.', { remedy: 'What to do.', errors });
    const sent: unknown = JSON.parse(JSON.stringify(toProblem(error)));
    expect(problemSchema.parse(sent)).toEqual(sent);
    const back = readProblem(sent);
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

const whole = { ...toProblem(new SallyportError('invalid_input', 'It is wrong.')) };

test.each([
  ['nothing', null],
  ['text', 'oops'],
  ['a code that is not of the contract', { ...whole, code: 'made_up' }],
  ['a code that every object has', { ...whole, code: 'constructor' }],
  ['no detail', { ...whole, detail: undefined }],
  ['no list of errors', { ...whole, errors: 'none' }],
  ['an error without a field', { ...whole, errors: [{ message: 'is wrong', remedy: '' }] }],
  ['an error that is nothing', { ...whole, errors: [null] }],
])('what came over HTTP with %s is no problem of ours', (_, value) => {
  expect(readProblem(whole)).not.toBeNull();
  expect(readProblem(value)).toBeNull();
});
