import { SallyportError } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import { matchDocker } from '../plan/plan-docker.ts';
import type { Docker } from '../ports/docker.ts';

/** A network that containers use is not deleted. @throws SallyportError `network_in_use` */
export async function refuseInUse(spec: NetworkSpec, docker: Docker): Promise<void> {
  const match = matchDocker(spec, await docker.networks());
  if (match.kind !== 'matches') return;
  const attached = await docker.attached(match.network.id);
  if (attached.length === 0) return;
  const names = attached.map(({ name }) => name);
  throw new SallyportError(
    'network_in_use',
    `The network ${spec.name} is used by ${attached.length} container(s): ${names.join(', ')}.`,
    { remedy: `Remove them first: docker rm -f ${names.join(' ')}` },
  );
}
