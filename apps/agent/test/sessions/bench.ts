import { SallyportError } from '@sallyport/contract/errors';
import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { sessionCreateSchema } from '@sallyport/contract/sessions';
import type { NetworkSpec } from '@sallyport/core/network';
import type { HostPath } from '../../src/ports/host-paths.ts';
import { readSessionPolicy } from '../../src/sessions/policy.ts';
import { SessionService } from '../../src/sessions/service.ts';
import { FakeSessions } from '../fakes/fake-sessions.ts';
import { dockerNetworkOf, guideSpec } from '../guide-host.ts';

export const ID = '0198a6f0-0000-7000-8000-000000000001';

export function sessionWish(changes: Partial<SessionCreateInput> = {}) {
  return sessionCreateSchema.parse({
    id: ID,
    image: 'desk:1',
    network: 'z_custom_a',
    display: null,
    ...changes,
  });
}

/** What can be different about a bench. */
interface BenchOptions {
  readonly policy?: Parameters<typeof readSessionPolicy>[0];
  readonly spec?: NetworkSpec;
  /** Docker has the network. */
  readonly network?: boolean;
  readonly dns?: readonly string[];
  /** What lies where on the host. */
  readonly paths?: Readonly<Record<string, HostPath>>;
}

/** A service on a fake Docker with the guide's first network. */
export function sessionBench(options: BenchOptions = {}) {
  const spec = options.spec ?? guideSpec({ dns: ['9.9.9.9' as NetworkSpec['dns'][number]] });
  const containers = new FakeSessions();
  const service = new SessionService({
    containers,
    docker: {
      networks: async () => (options.network === false ? [] : [dockerNetworkOf(spec)]),
    },
    findNetwork: () => spec,
    policy: readSessionPolicy(options.policy ?? {}),
    dns: options.dns ?? [],
    own: ['/var/lib/sallyport', '/run/sallyport/agent.sock'],
    resolvePath: async (path) => options.paths?.[path] ?? null,
    connect: async () => {
      throw new Error('nobody listens');
    },
    password: () => 'Passw0rd',
  });
  return { containers, service };
}

/** The refusal with which a piece of work ends. */
export async function rejectionOf(work: Promise<unknown>): Promise<SallyportError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SallyportError) return error;
  throw new Error('nothing was refused', { cause: error });
}
