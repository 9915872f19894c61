import type { Actual } from '../observe/actual.ts';
import { READINGS, type Reading } from '../ports/host.ts';

/** A monitor has told of a change. */
export interface Poke {
  readonly reason: string;
  /** What of the host may be other than the run before has seen it. */
  readonly watches: readonly Reading[];
}

/**
 * Something to be decided by a run of the loop, on the same look at the host from which that run then
 * plans: what a wish was checked against can't be older than what is done about it.
 */
export interface Wish {
  readonly reason: string;
  /** Changes what is desired, or doesn't. Called once, before anything is planned; keeps its own errors. */
  readonly decide: (actual: Actual) => Promise<void>;
}

/** Why the loop is to run; a reason alone asks for a look at everything. */
export type Request = string | Poke | Wish;

export function reasonOf(request: Request): string {
  return typeof request === 'string' ? request : request.reason;
}

/** What has to be read anew: for a wish Docker alone, which has to answer for it to be carried out. */
export function staleFor(requests: readonly Request[]): ReadonlySet<Reading> {
  return new Set(
    requests.flatMap((request): readonly Reading[] => {
      if (typeof request === 'string') return READINGS;
      return 'watches' in request ? request.watches : ['docker'];
    }),
  );
}

/** The wishes among the requests, in the order in which they were made. */
export function wishesOf(requests: readonly Request[]): readonly Wish[] {
  return requests.filter((request): request is Wish => {
    return typeof request !== 'string' && 'decide' in request;
  });
}
