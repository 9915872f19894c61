import type { NetworkSpec } from '@sallyport/core/network';
import type { Link } from '../ports/routing.ts';
import type { Shape } from '../ports/shaping.ts';
import type { Step } from './steps.ts';

/** How the bridges that are there should be limited towards their containers. */
export function desiredShapes(
  specs: readonly NetworkSpec[],
  links: readonly Link[],
): readonly Shape[] {
  const there = new Set(links.map(({ name }) => name));
  return specs
    .filter(({ bridge, deleting }) => !deleting && there.has(bridge))
    .flatMap(({ bridge, bandwidth: { download } }) =>
      download === null ? [] : [{ bridge, rate: bytesOf(download) }],
    );
}

/** Whole bytes, in which the kernel counts. */
export function bytesOf(bits: number): number {
  return Math.floor(bits / 8);
}

/** One step for each bridge, so that a limit that is refused is told of its network. */
export function planBandwidth(
  desired: readonly Shape[],
  actual: readonly Shape[],
  specs: readonly Pick<NetworkSpec, 'name' | 'bridge'>[],
): readonly Step[] {
  const rates = new Map(actual.map(({ bridge, rate }) => [bridge, rate]));
  const limited = new Set(desired.map(({ bridge }) => bridge));
  const gone = [...rates.keys()].filter((bridge) => !limited.has(bridge));
  return [...desired, ...gone.map((bridge) => ({ bridge, rate: null }))]
    .filter(({ bridge, rate }) => rates.get(bridge) !== rate)
    .map((shape) => ({
      kind: 'bandwidth.set',
      args: shape,
      network: specs.find(({ bridge }) => bridge === shape.bridge)?.name ?? null,
      why: `the bandwidth of ${shape.bridge} is ${shape.rate === null ? 'limited without a reason' : 'not limited as it should be'}`,
    }));
}
