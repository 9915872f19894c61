import { SallyportError } from '@sallyport/contract/errors';
import { ECHO_PROTOCOLS, type Verification, type VerifyRequest } from '@sallyport/contract/verify';
import { prefixLength } from '@sallyport/core/cidr4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import { matchDocker, PROBE_RESERVATION, probeAddress } from '../plan/plan-docker.ts';
import type { Docker, DockerNetwork } from '../ports/docker.ts';
import type { Prober, ProbeAnswer, ProbePlace } from '../ports/prober.ts';
import type { Routing } from '../ports/routing.ts';

interface VerifyServiceOptions {
  readonly prober: Prober;
  readonly ports: { readonly docker: Docker; readonly routing: Routing };
  readonly find: (name: NetworkName) => NetworkSpec;
  readonly all: () => readonly NetworkSpec[];
  /** Echo services of the configuration. */
  readonly echo: readonly string[];
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
    const [networks, links] = await Promise.all([ports.docker.networks(), ports.routing.links()]);
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
    return results.flat();
  }

  async #verifyOne(spec: NetworkSpec, context: Context): Promise<Verification[]> {
    const match = matchDocker(spec, context.networks);
    const questions = context.echo.map((echo) => ({ echo, dns: spec.dns }));
    const answers =
      match.kind === 'matches'
        ? await this.#ask(spec, match.network, questions, context.signal)
        : questions.map(() => ({
            failure: `the Docker network ${spec.name} does not exist`,
            durationMs: 0,
          }));
    return answers.map((answer, index) =>
      judgeAnswer(spec, context.echo[index] ?? '', answer, context.hostAddresses),
    );
  }

  async #ask(
    spec: NetworkSpec,
    network: DockerNetwork,
    questions: Parameters<Prober['ask']>[1],
    signal: AbortSignal,
  ): Promise<readonly ProbeAnswer[]> {
    try {
      const place = await this.#placeOf(spec, network);
      return await this.#options.prober.ask(place, questions, signal);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      return questions.map(() => ({ failure: error.message, durationMs: 0 }));
    }
  }

  async #placeOf(spec: NetworkSpec, network: DockerNetwork): Promise<ProbePlace> {
    const address = network.reserved[PROBE_RESERVATION] ?? (await this.#freeAddress(spec, network));
    const gateway = network.gateway ?? '';
    return { bridge: spec.bridge, address: `${address}/${prefixLength(spec.subnet)}`, gateway };
  }

  /** An adopted network has nothing reserved: Docker gives addresses from below, so the last one is free for long. */
  async #freeAddress(spec: NetworkSpec, network: DockerNetwork): Promise<string> {
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

interface Context {
  readonly echo: readonly string[];
  readonly networks: readonly DockerNetwork[];
  readonly hostAddresses: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Pure: an answer as a verdict with its sentence. */
export function judgeAnswer(
  spec: NetworkSpec,
  echo: string,
  answer: ProbeAnswer,
  hostAddresses: ReadonlySet<string>,
): Verification {
  const protocol =
    ECHO_PROTOCOLS[new URL(echo).protocol.slice(0, -1) as keyof typeof ECHO_PROTOCOLS];
  const expected = spec.egress.ipv4[0] ?? '';
  const base = {
    network: spec.name,
    protocol,
    echo,
    expected,
    durationMs: Math.round(answer.durationMs),
  };
  if ('failure' in answer) return { ...base, observed: null, ok: false, reason: answer.failure };
  const { observed } = answer;
  if (observed === expected)
    return { ...base, observed, ok: true, reason: `${echo} saw ${observed}` };
  // A recursive resolver asks in its own name; that is a leak only if the name is this host's.
  if (protocol === 'dns' && !hostAddresses.has(observed)) {
    return {
      ...base,
      observed,
      ok: true,
      reason: `a resolver asked as ${observed}, which is no address of this host`,
    };
  }
  return { ...base, observed, ok: false, reason: `${echo} saw ${observed} instead of ${expected}` };
}
