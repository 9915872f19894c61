import { afterEach, describe } from 'vitest';
import { createFlowTracker } from '../../src/adapters/flow-tracker.ts';
import type { TrackedFlow } from '../../src/ports/flows.ts';
import { FakeFlowTracker } from '../fakes/fake-flow-tracker.ts';
import { describeFlowTracker } from './flow-tracker-contract.ts';
import { createThrowAwayNamespace, type ThrowAwayNamespace } from './throw-away-namespace.ts';

const made: ThrowAwayNamespace[] = [];

afterEach(async () => {
  for (const one of made.splice(0)) await one.remove();
});

function tupleOf({ source, destination }: TrackedFlow): readonly string[] {
  const ports = ['--sport', String(source.port), '--dport', String(destination.port)];
  return ['-p', 'tcp', '-s', source.address, '-d', destination.address, ...ports];
}

describe('the kernel', () => {
  describeFlowTracker(async () => {
    const one = await createThrowAwayNamespace();
    made.push(one);
    return {
      tracker: createFlowTracker(one.enter),
      begin: async (flow) => {
        const { address, port } = flow.leaving;
        const state = ['--state', 'ESTABLISHED', '--timeout', '60'];
        const more = ['--src-nat', `${address}:${port}`, ...state];
        await one.run('conntrack', ['-I', ...tupleOf(flow), ...more]);
      },
      end: async (flow) => {
        await one.run('conntrack', ['-D', ...tupleOf(flow)]);
      },
    };
  });
});

describe('the fake', () => {
  describeFlowTracker(async () => {
    const tracker = new FakeFlowTracker();
    return {
      tracker,
      begin: async (flow) => tracker.begin(flow, Date.now()),
      end: async (flow) => tracker.end(flow, Date.now()),
    };
  });
});
