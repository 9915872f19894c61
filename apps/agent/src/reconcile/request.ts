import type { Actual } from '../observe/actual.ts';

/**
 * Something to be decided by a run of the loop, on the same look at the host from which that run then
 * plans: what a wish was checked against can't be older than what is done about it.
 */
export interface Wish {
  readonly reason: string;
  /** Changes what is desired, or doesn't. Called once, before anything is planned; keeps its own errors. */
  readonly decide: (actual: Actual) => Promise<void>;
}

/** Why the loop is to run: a reason alone, or one with a wish. */
export type Request = string | Wish;

export function reasonOf(request: Request): string {
  return typeof request === 'string' ? request : request.reason;
}
