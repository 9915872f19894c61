import { SallyportError } from '@sallyport/contract/errors';
import type { Verification, VerifyRequest } from '@sallyport/contract/verify';
import { prefixLength } from '@sallyport/core/cidr4';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { Family } from '@sallyport/core/ipv6';
import { addressIn, prefixRange } from '@sallyport/core/prefix';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import { addressFor } from '../plan/shares.ts';
import {
  type DockerMatch,
  matchDocker,
  PROBE_RESERVATION,
  probeAddress,
} from '../plan/plan-docker.ts';
import type { Docker, DockerNetwork } from '../ports/docker.ts';
import type { ProbeAnswer, ProbePlace, ProbeQuestion, Prober } from '../ports/prober.ts';
import type { Routing } from '../ports/routing.ts';
import { judgeAnswer } from './judge-answer.ts';
import { questionsFor } from './questions.ts';

interface VerifyServiceOptions {
  readonly prober: Prober;
  readonly ports: { readonly docker: Docker; readonly routing: Routing };
  readonly find: (name: NetworkName) => NetworkSpec;
  readonly all: () => readonly NetworkSpec[];
  /** Echo services of the configuration. */
  readonly echo: readonly string[];
  /** Told of every answer. */
  readonly onVerified?: (results: readonly Verification[]) => void;
}

/** How many networks are probed at once: a probe is a process of its own. */
const AT_ONCE = 4;

/** Asks from inside networks by which address they are seen. */
export class VerifyService {
  readonly #options: VerifyServiceOptions;

  constructor(options: VerifyServiceOptions) {
    this.#options = options;
  }

  /** @throws SallyportError `network_not_found`, `no_echo_service` */
  async verify(request: VerifyRequest, signal: AbortSignal): Promise<Verification[]> {
    const { find, all, ports } = this.#options;
    const specs = request.networks.length === 0 ? all() : request.networks.map(find);
    const echo = request.echo.length === 0 ? this.#options.echo : request.echo;
    if (echo.length === 0) {
      throw new SallyportError(
        'no_echo_service',
        'No echo service is configured, so nobody can be asked.',
        {
          remedy:
            'Name one: sallyport network verify --echo URL, or list them under `echo` in the configuration of the agent.',
        },
      );
    }
    const [networks, { links }] = await Promise.all([
      ports.docker.networks(),
      ports.routing.observe(),
    ]);
    const hostAddresses = new Set(
      links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    );
    const results: Verification[][] = [];
    const queue = [...specs.entries()];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, spec] = next;
        results[index] = await this.#verifyOne(spec, { echo, networks, hostAddresses, signal });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const verified = results.flat();
    this.#options.onVerified?.(verified);
    return verified;
  }

  async #verifyOne(spec: NetworkSpec, context: Context): Promise<Verification[]> {
    const match = matchDocker(spec, context.networks);
    const questions = context.echo.flatMap((echo) => questionsFor(spec, echo));
    const answers =
      match.kind === 'matches'
        ? await this.#ask({ spec, network: match.network }, questions, context.signal)
        : questions.map(() => ({
            failure: `the Docker network ${spec.name} does not exist`,
            durationMs: 0,
          }));
    return questions.map(({ echo, family }, index) =>
      judgeAnswer(answers[index] ?? NO_ANSWER, {
        spec,
        expected: expectedAddress(spec, family, match) ?? '',
        echo,
        hostAddresses: context.hostAddresses,
      }),
    );
  }

  async #ask(
    target: Target,
    questions: readonly ProbeQuestion[],
    signal: AbortSignal,
  ): Promise<readonly ProbeAnswer[]> {
    try {
      const place = await this.#placeOf(target);
      return await this.#options.prober.ask(place, questions, signal);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      return questions.map(() => ({ failure: error.message, durationMs: 0 }));
    }
  }

  async #placeOf({ spec, network }: Target): Promise<ProbePlace> {
    const address =
      network.reserved[PROBE_RESERVATION] ?? (await this.#freeAddress({ spec, network }));
    const gateway = network.gateway ?? '';
    const place = { bridge: spec.bridge, address: `${address}/${prefixLength(spec.subnet)}` };
    return { ...place, gateway, ipv6: ipv6Place(spec) };
  }

  /** An adopted network has nothing reserved: Docker gives addresses from below, so the last one is free for long. */
  async #freeAddress({ spec, network }: Target): Promise<string> {
    const address = probeAddress(spec.subnet);
    const attached = await this.#options.ports.docker.attached(network.id);
    const holder = attached.find(({ ipv4 }) => ipv4 === address);
    if (holder === undefined) return address;
    throw new SallyportError(
      'host_refused',
      `${holder.name} has the address ${address} that the probe would use.`,
    );
  }
}

const NO_ANSWER: ProbeAnswer = { failure: 'the probe gave no answer', durationMs: 0 };

function expectedAddress(spec: NetworkSpec, family: Family, match: DockerMatch): string | null {
  if (family === 'ipv6') return spec.egress.ipv6[0] ?? '';
  const reserved = match.kind === 'matches' ? match.network.reserved[PROBE_RESERVATION] : undefined;
  // The probe is no container and has no lease.
  return addressFor(spec, (reserved as Ipv4 | undefined) ?? probeAddress(spec.subnet), []);
}

/** Docker counts from below in a subnet of 2^64 addresses: nobody has the last but one. */
function ipv6Place({ subnet6 }: NetworkSpec): ProbePlace['ipv6'] {
  if (subnet6 === null) return null;
  const { length } = prefixRange(subnet6);
  return { address: `${addressIn(subnet6, -2)}/${length}`, gateway: addressIn(subnet6, 1) };
}

interface Target {
  readonly spec: NetworkSpec;
  readonly network: DockerNetwork;
}

interface Context {
  readonly echo: readonly string[];
  readonly networks: readonly DockerNetwork[];
  readonly hostAddresses: ReadonlySet<string>;
  readonly signal: AbortSignal;
}
