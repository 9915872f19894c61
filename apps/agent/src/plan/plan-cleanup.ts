import { LABEL_MANAGED } from '../constants.ts';
import type { Actual } from '../observe/actual.ts';
import type { DockerNetwork } from '../ports/docker.ts';
import { planBandwidth } from './plan-bandwidth.ts';
import { planDockerUser } from './plan-docker-user.ts';
import { compareRouting, planTidying } from './plan-routing.ts';
import type { Step } from './steps.ts';

interface Remains extends Pick<Actual, 'table' | 'rules' | 'routes' | 'dockerUser' | 'shapes'> {
  readonly docker: readonly DockerNetwork[];
}

/** Docker's networks first, the guard after them: in the reverse order of making. */
export function planCleanup({
  docker,
  table,
  rules,
  routes,
  dockerUser,
  shapes,
}: Remains): readonly Step[] {
  const ours = docker.filter(({ labels }) => labels[LABEL_MANAGED] !== undefined);
  return [
    ...planBandwidth([], shapes, []),
    ...ours.map(
      ({ id, name }): Step => ({
        kind: 'docker.remove',
        args: { id },
        network: name,
        why: `the Docker network ${name} was made by an agent`,
      }),
    ),
    ...planDockerUser(dockerUser, false),
    ...planTidying(compareRouting({ routes: [], rules: [] }, { routes, rules })),
    ...(table === null
      ? []
      : [
          {
            kind: 'table.delete',
            args: null,
            network: null,
            why: 'the nftables table inet sallyport was made by an agent',
          } as const,
        ]),
  ];
}
