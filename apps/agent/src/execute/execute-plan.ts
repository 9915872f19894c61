import { BESIDE, GUARDING, type Step, TAKING_OVER } from '../plan/steps.ts';
import { executeStep, type HostPorts } from './executors.ts';

export interface StepFailure {
  readonly step: Step;
  readonly error: unknown;
}

export interface PlanOutcome {
  readonly done: readonly Step[];
  readonly failures: readonly StepFailure[];
}

/** Called when a step has been carried out, with those that are still to come. */
type OnDone = (step: Step, later: readonly Step[]) => void;

/**
 * Carries a plan out in order, collects failures and goes on; but where a guarding step fails, what
 * comes after it would be unprotected and is left for the next run.
 */
export async function executePlan(
  steps: readonly Step[],
  ports: HostPorts,
  onDone: OnDone = () => undefined,
): Promise<PlanOutcome> {
  const done: Step[] = [];
  const failures: StepFailure[] = [];
  const attempt = async (step: Step, later: readonly Step[]): Promise<void> => {
    try {
      await executeStep(step, ports);
      done.push(step);
      onDone(step, later);
    } catch (error) {
      failures.push({ step, error });
    }
  };
  const beside: Promise<void>[] = [];
  for (const [index, step] of steps.entries()) {
    const later = steps.slice(index + 1);
    if (BESIDE.has(step.kind)) {
      beside.push(attempt(step, later));
      continue;
    }
    if (TAKING_OVER.has(step.kind)) await Promise.all(beside);
    if (failures.length > 0 && TAKING_OVER.has(step.kind)) continue;
    await attempt(step, later);
    if (failures.some((failure) => failure.step === step) && GUARDING.has(step.kind)) break;
  }
  await Promise.all(beside);
  return { done, failures };
}
