/** What a code means over HTTP and as an exit code of the command line. */
interface ErrorMeaning {
  readonly status: number;
  readonly exit: 2 | 3 | 4 | 70;
  readonly title: string;
}

/**
 * Every error that the agent, the server or the command line gives, documented in docs/errors.md.
 * Codes are a contract: others script against them; they are added, never renamed.
 */
export const ERRORS = {
  invalid_input: { status: 400, exit: 2, title: 'The input is not valid' },
  unknown_endpoint: { status: 404, exit: 2, title: 'There is no such endpoint' },
  no_echo_service: { status: 400, exit: 2, title: 'No echo service is configured' },
  network_not_found: { status: 404, exit: 4, title: 'There is no such network' },
  apply_incomplete: { status: 409, exit: 4, title: 'Only a part was applied' },
  network_exists: { status: 409, exit: 4, title: 'The network exists already' },
  network_in_use: { status: 409, exit: 4, title: 'The network is in use' },
  bridge_name_taken: { status: 409, exit: 4, title: "The bridge's name is taken" },
  subnet_overlap: { status: 409, exit: 4, title: 'The subnet overlaps what the host has' },
  subnet_too_large: { status: 409, exit: 4, title: 'The subnet is too large for a pool' },
  fallback_unusable: { status: 409, exit: 4, title: 'The network can have no fallback' },
  lease_ipv6: { status: 409, exit: 4, title: 'Containers would share the IPv6 address' },
  no_own_address: { status: 409, exit: 4, title: 'The network gives no container its own address' },
  pool_exhausted: { status: 409, exit: 4, title: 'The address pool has no free subnet' },
  no_ipv6: { status: 409, exit: 4, title: 'The network has no IPv6' },
  egress_address_unusable: {
    status: 409,
    exit: 4,
    title: 'The address can not be an egress address',
  },
  gateway_unusable: { status: 409, exit: 4, title: 'The gateway can not be reached on the uplink' },
  too_many_uplinks: { status: 409, exit: 4, title: 'There are too many uplinks and gateways' },
  not_adoptable: { status: 409, exit: 4, title: 'The network can not be adopted' },
  state_lost: { status: 409, exit: 4, title: 'The stored networks could not be read' },
  state_not_writable: { status: 409, exit: 4, title: 'The state could not be stored' },
  docker_refused: { status: 409, exit: 4, title: 'Docker refused' },
  docker_unreachable: { status: 503, exit: 4, title: 'Docker does not answer' },
  host_refused: { status: 409, exit: 4, title: 'The host refused' },
  session_not_found: { status: 404, exit: 4, title: 'There is no such session' },
  session_exists: { status: 409, exit: 4, title: 'There is another session of this id' },
  session_launch_failed: { status: 422, exit: 4, title: 'A command of the session failed' },
  session_refused: { status: 403, exit: 4, title: 'The configuration of the agent forbids it' },
  session_state: { status: 409, exit: 4, title: 'The session is not in a state for this' },
  image_not_found: { status: 404, exit: 4, title: 'There is no such image' },
  display_unreachable: {
    status: 502,
    exit: 4,
    title: 'The display of the session does not answer',
  },
  agent_running: { status: 409, exit: 4, title: 'An agent runs already' },
  agent_unreachable: { status: 503, exit: 3, title: 'The agent does not answer' },
  not_signed_in: { status: 401, exit: 4, title: 'Nobody is signed in' },
  wrong_credentials: { status: 401, exit: 4, title: 'Name, password or code is wrong' },
  oidc_failed: { status: 401, exit: 4, title: 'The sign-in by the provider failed' },
  oidc_unreachable: { status: 503, exit: 4, title: 'The provider can not be reached' },
  oidc_no_account: { status: 403, exit: 4, title: 'There is no account for this person' },
  oidc_name_taken: { status: 409, exit: 4, title: 'The name belongs to another account' },
  code_required: { status: 401, exit: 4, title: 'A second factor is needed' },
  too_many_attempts: { status: 429, exit: 4, title: 'There were too many attempts' },
  foreign_request: { status: 403, exit: 4, title: 'The request may come from another site' },
  forbidden: { status: 403, exit: 4, title: 'This is not allowed' },
  user_not_found: { status: 404, exit: 4, title: 'There is no such user' },
  user_exists: { status: 409, exit: 4, title: 'The user exists already' },
  last_administrator: { status: 409, exit: 4, title: 'There must be an administrator' },
  group_not_found: { status: 404, exit: 4, title: 'There is no such group' },
  group_exists: { status: 409, exit: 4, title: 'The group exists already' },
  group_fixed: { status: 409, exit: 4, title: 'The group of everybody stays' },
  key_not_found: { status: 404, exit: 4, title: 'There is no such API key' },
  image_forbidden: { status: 403, exit: 4, title: 'The image is not for you' },
  share_not_found: { status: 404, exit: 4, title: 'There is no such share' },
  network_choice: { status: 422, exit: 4, title: 'The network can not be chosen' },
  session_limit: { status: 409, exit: 4, title: 'There are too many sessions' },
  network_not_allowed: { status: 403, exit: 4, title: 'The network is not allowed here' },
  network_not_ready: { status: 409, exit: 4, title: 'The network is not ready' },
  no_default_network: { status: 409, exit: 4, title: 'There is no default network' },
  image_exists: { status: 409, exit: 4, title: 'The image exists already' },
  image_in_use: { status: 409, exit: 4, title: 'The image is in use' },
  widening_unconfirmed: { status: 422, exit: 4, title: 'Wider rights need a yes' },
  second_factor_state: { status: 409, exit: 4, title: 'The second factor is not in that state' },
  version_required: { status: 428, exit: 4, title: 'The version to change is missing' },
  version_changed: { status: 412, exit: 4, title: 'It was changed meanwhile' },
  idempotency_conflict: { status: 409, exit: 4, title: 'The idempotency key is in use' },
  server_running: { status: 409, exit: 4, title: 'A server runs already' },
  server_not_ready: { status: 503, exit: 4, title: 'The server is not ready' },
  server_unreachable: { status: 503, exit: 3, title: 'The server does not answer' },
  database_refused: { status: 503, exit: 4, title: 'The database can not be used' },
  backup_unusable: { status: 409, exit: 4, title: 'This is no backup to restore' },
  database_not_empty: { status: 409, exit: 4, title: 'The database is not empty' },
  internal: { status: 500, exit: 70, title: 'This is a bug in Sallyport' },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERRORS;

/** One wrong value: where it is, what it was, what is wrong with it, what to do. */
export interface FieldError {
  readonly field: string;
  /** As it was given; absent where there was none. */
  readonly value?: unknown;
  readonly message: string;
  readonly remedy: string;
}

/** Problem details (RFC 9457) with a stable code and a remedy; its schema is problem.ts. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** One sentence: what happened. */
  readonly detail: string;
  /** One sentence or command: what to do; may be empty. */
  readonly remedy: string;
  readonly errors: FieldError[];
}

interface Explanation {
  readonly remedy?: string;
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/** An expected refusal. Everything else that is thrown is a bug and becomes `internal`. */
export class SallyportError extends Error {
  override readonly name = 'SallyportError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly errors: readonly FieldError[];

  constructor(code: ErrorCode, detail: string, explanation: Explanation = {}) {
    super(detail, { cause: explanation.cause });
    this.code = code;
    this.remedy = explanation.remedy ?? '';
    this.errors = explanation.errors ?? [];
  }
}

export function toProblem(error: unknown): Problem {
  const known =
    error instanceof SallyportError
      ? error
      : new SallyportError('internal', error instanceof Error ? error.message : String(error), {
          remedy: 'Please report it with the log of the agent.',
        });
  return {
    title: ERRORS[known.code].title,
    status: ERRORS[known.code].status,
    code: known.code,
    detail: known.message,
    remedy: known.remedy,
    errors: [...known.errors],
  };
}

export function fromProblem(problem: Problem): SallyportError {
  return new SallyportError(problem.code, problem.detail, {
    remedy: problem.remedy,
    errors: problem.errors,
  });
}

/**
 * Reads what came over HTTP; null: it is no problem of ours. Without zod, because the page reads problems
 * and shall not load a library of schemas for it.
 */
export function readProblem(value: unknown): SallyportError | null {
  if (!isRecord(value)) return null;
  const { code, detail, remedy, errors } = value;
  if (typeof code !== 'string' || !isCode(code) || typeof detail !== 'string') return null;
  if (typeof remedy !== 'string' || !Array.isArray(errors) || !errors.every(isFieldError)) {
    return null;
  }
  return new SallyportError(code, detail, { remedy, errors });
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFieldError(value: unknown): value is FieldError {
  return (
    isRecord(value) &&
    [value['field'], value['message'], value['remedy']].every((one) => typeof one === 'string')
  );
}

/** The sentence of a field error for a person. */
export function describeFieldError({ field, value, message, remedy }: FieldError): string {
  const shown = value === undefined ? '' : ` ${shortened(JSON.stringify(value))}`;
  return `${field}:${shown} ${message}${remedy === '' ? '' : `; ${remedy}`}`;
}

/** Longer values are recognised by how they begin; the whole value is in the field error. */
const SHOWN_LIMIT = 80;

function shortened(text: string): string {
  return text.length <= SHOWN_LIMIT ? text : `${text.slice(0, SHOWN_LIMIT)}…`;
}
