import { SallyportError } from '@sallyport/contract/errors';

/** The refusal that a piece of work throws, as far as callers see it. */
export function refusalOf(
  work: () => unknown,
): Pick<SallyportError, 'code' | 'message' | 'remedy'> {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    const { code, message, remedy } = error;
    return { code, message, remedy };
  }
  throw new Error('nothing was refused');
}
