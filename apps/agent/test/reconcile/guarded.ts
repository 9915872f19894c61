import { LABEL_MANAGED } from '../../src/constants.ts';
import type { FakeHost } from '../fakes/fake-host.ts';

/**
 * What must hold between any two calls of an agent, since it may die there: every Docker network of
 * ours has its guard in the table, and leaves by at most one address. Answers what does not hold.
 */
export function findUnguarded(
  host: FakeHost,
  elements: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const ours = host.docker.known.filter(({ labels }) => labels[LABEL_MANAGED] !== undefined);
  return ours.flatMap(({ name, bridge, subnets: [subnet = ''] }) => {
    const has = (set: string, element: string): boolean =>
      elements[set]?.includes(element) === true;
    const egress =
      elements['egress4']?.filter((element) => element.startsWith(`${subnet} .`)) ?? [];
    const byMain = elements['egress4_main']?.filter((one) => one.startsWith(`${subnet} .`)) ?? [];
    const closed = [...host.kernel.rules.values()].some(
      ({ action, from }) => action.kind === 'unreachable' && from !== null,
    );
    return [
      ...(has('bridges', `"${bridge}"`) ? [] : [`${name}: its bridge is not managed`]),
      ...(has('managed4', subnet) ? [] : [`${name}: ${subnet} is not managed`]),
      ...(has('sources4', `"${bridge}" . ${subnet}`) ? [] : [`${name}: sources are not checked`]),
      ...(egress.length + byMain.length <= 1 ? [] : [`${name}: two ways out at once`]),
      ...(closed ? [] : [`${name}: routing does not close`]),
    ];
  });
}
