import { GUARDING, type Step, TAKING_OVER } from '../plan/steps.ts';
import { executeStep, type HostPorts } from './executors.ts';

export interface StepFailure {
  readonly step: Step;
  readonly error: unknown;
}

export interface PlanOutcome {
  readonly done: readonly Step[];
  readonly failures: readonly StepFailure[];
}

/**
 * Carries a plan out in order, collects failures and goes on; but where a guarding step fails, what
 * comes after it would be unprotected and is left for the next run.
 */
export async function executePlan(steps: readonly Step[], ports: HostPorts): Promise<PlanOutcome> {
  const done: Step[] = [];
  const failures: StepFailure[] = [];
  for (const step of steps) {
    if (failures.length > 0 && TAKING_OVER.has(step.kind)) continue;
    try {
      await executeStep(step, ports);
      done.push(step);
    } catch (error) {
      failures.push({ step, error });
      if (GUARDING.has(step.kind)) break;
    }
  }
  return { done, failures };
}
