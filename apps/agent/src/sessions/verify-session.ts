import { SallyportError } from '@sallyport/contract/errors';
import type { SessionVerification } from '@sallyport/contract/sessions';
import type { Verification } from '@sallyport/contract/verify';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import { addressFor } from '../plan/shares.ts';
import type { AskInside } from '../ports/prober.ts';
import type { Lease } from '../ports/store.ts';
import type { Routing } from '../ports/routing.ts';
import type { SessionContainer } from '../ports/sessions.ts';
import { judgeAnswer } from '../verify/judge-answer.ts';
import { questionsFor } from '../verify/questions.ts';
import { networkOf } from './session-view.ts';

interface SessionVerifierOptions {
  /** @throws SallyportError `session_not_found` */
  readonly find: (id: string) => Promise<SessionContainer>;
  /** @throws SallyportError `network_not_found`, `state_lost` */
  readonly findNetwork: (name: NetworkName) => NetworkSpec;
  /** Of all networks: who has an address of its own. */
  readonly leases: () => readonly Lease[];
  readonly routing: Routing;
  readonly ask: AskInside;
  /** Echo services of the configuration. */
  readonly echo: readonly string[];
  /** Name servers of sessions on networks that name none. */
  readonly dns: readonly string[];
  readonly now: () => number;
  /** Rejects when aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Docker tells of a container, the agent looks at it and changes the table. */
const LEASE_WAIT_MS = 5_000;
const LEASE_POLL_MS = 50;

/** Asks in a session's own network namespace by which address it is seen. */
export class SessionVerifier {
  readonly #options: SessionVerifierOptions;

  constructor(options: SessionVerifierOptions) {
    this.#options = options;
  }

  /** @throws SallyportError `session_state` where it does not run, `no_echo_service` */
  async verify(id: string, signal: AbortSignal): Promise<SessionVerification> {
    const { find, findNetwork, leases, routing, ask, echo, now } = this.#options;
    const container = await find(id);
    const spec = findNetwork(networkOf(container));
    refuseEnded(id, container);
    if (echo.length === 0) {
      throw new SallyportError('no_echo_service', 'No echo service is configured.', {
        remedy: 'List some under `echo` in the configuration of the agent.',
      });
    }
    const lease = await this.#awaitAddress(spec, container, signal);
    if (lease === null) return { ...NO_LEASE, expected: [], at: now() };
    const dns = spec.dns.length > 0 ? spec.dns : this.#options.dns;
    const questions = echo.flatMap((one) =>
      questionsFor(spec, one).map((question) => ({ ...question, dns })),
    );
    const [answers, { links }] = await Promise.all([
      ask(container.pid, questions, signal),
      routing.observe(),
    ]);
    // Process ids are given anew: what was asked must still be the container.
    const after = await find(id);
    refuseEnded(id, after);
    if (after.pid !== container.pid) {
      throw new SallyportError('session_state', `The session ${id} was started anew meanwhile.`);
    }
    const own = (after.addresses[spec.name] ?? null) as Ipv4 | null;
    const address4 = own === null ? (spec.egress.ipv4[0] ?? null) : addressFor(spec, own, leases());
    if (address4 === null) return { ...NO_LEASE, expected: [], at: now() };
    const hostAddresses = new Set(
      links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    );
    const verdicts = questions.map(({ echo: asked, family }, index) =>
      judgeAnswer(answers[index] ?? { failure: 'the probe gave no answer', durationMs: 0 }, {
        spec,
        expected: family === 'ipv4' ? address4 : (spec.egress.ipv6[0] ?? ''),
        echo: asked,
        hostAddresses,
      }),
    );
    const expected = [...(own === null ? spec.egress.ipv4 : [address4]), ...spec.egress.ipv6];
    return { ...summary(verdicts), expected, at: now() };
  }

  /** A container that has just started is given its address a moment later. */
  async #awaitAddress(
    spec: NetworkSpec,
    { addresses }: SessionContainer,
    signal: AbortSignal,
  ): Promise<Ipv4 | null> {
    const { leases, sleep } = this.#options;
    const own = addresses[spec.name] as Ipv4 | undefined;
    if (own === undefined) return spec.egress.ipv4[0] ?? null;
    for (let waited = 0; ; waited += LEASE_POLL_MS) {
      const address = addressFor(spec, own, leases());
      if (address !== null || waited >= LEASE_WAIT_MS) return address;
      await sleep(LEASE_POLL_MS, signal);
    }
  }
}

/**
 * Pure: the worst of the verdicts, since one packet by another address is one too many. An answer about
 * names alone is no proof: a resolver asks in its own name.
 */
export function summary(
  verdicts: readonly Verification[],
): Pick<SessionVerification, 'ok' | 'observed' | 'reason'> {
  const wrong =
    verdicts.find(({ ok, observed }) => !ok && observed !== null) ?? verdicts.find(({ ok }) => !ok);
  if (wrong !== undefined) return { ok: false, observed: wrong.observed, reason: wrong.reason };
  const proof = verdicts.find(({ protocol, observed }) => protocol !== 'dns' && observed !== null);
  if (proof !== undefined) return { ok: true, observed: proof.observed, reason: proof.reason };
  return {
    ok: false,
    observed: null,
    reason: 'no echo service that sees an address could be asked',
  };
}

const NO_LEASE = {
  ok: false,
  observed: null,
  reason: 'it has no egress address of its own: all of its network are leased',
} as const;

function refuseEnded(id: string, { pid }: SessionContainer): void {
  if (pid > 0) return;
  throw new SallyportError('session_state', `The session ${id} does not run.`, {
    remedy: 'Start it first.',
  });
}
