import { type ErrorCode, SallyportError } from '@sallyport/contract/errors';

/** Whether a fault strikes before a call has had its effect, or after it, when only the answer is lost. */
export type FaultMoment = 'before' | 'after';

interface Fault {
  readonly at: number;
  readonly moment: FaultMoment;
  /** Strikes at every later call as well: the agent is dead, and the dead change nothing. */
  readonly lasting: boolean;
}

/**
 * Every call that changes the fake host passes here, so that a test can let any of them fail, and can
 * look at the host after each one.
 */
export class Mutations {
  /** Names of all calls so far, for example `nft.replaceTable`. */
  readonly log: string[] = [];
  /** Called after each call that had its effect. What it throws becomes the call's failure. */
  onMutation: ((name: string) => void) | null = null;
  #fault: Fault | null = null;

  get count(): number {
    return this.log.length;
  }

  /** Lets the n-th call from now fail; 1 is the next one. */
  failAt(n: number, moment: FaultMoment): void {
    this.#fault = { at: this.count + n, moment, lasting: false };
  }

  /** As {@link failAt}, and nothing has an effect after that until {@link heal}. */
  killAt(n: number, moment: FaultMoment): void {
    this.#fault = { at: this.count + n, moment, lasting: true };
  }

  heal(): void {
    this.#fault = null;
  }

  /** Runs one change. @throws SallyportError where a fault is due, or what the change itself throws */
  async mutate<T>(name: string, effect: () => T): Promise<T> {
    this.log.push(name);
    const fault = this.#fault;
    const due = fault !== null && this.count === fault.at;
    const dead = fault?.lasting === true && this.count > fault.at;
    if (dead || (due && fault.moment === 'before')) throw faultOf(name);
    const result = effect();
    this.onMutation?.(name);
    if (due) throw faultOf(name);
    return result;
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  docker: 'docker_refused',
  store: 'state_not_writable',
};

function faultOf(name: string): SallyportError {
  const [port = ''] = name.split('.');
  return new SallyportError(CODES[port] ?? 'host_refused', `${name} failed (injected)`);
}
