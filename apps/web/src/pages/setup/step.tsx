import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../../texts.ts';
import { type StepName, STEPS } from './where-it-stands.ts';

interface StepProps {
  readonly name: StepName;
  readonly now: StepName;
  /** What it has led to. */
  readonly result?: ReactNode;
  /** What is to be done; shown when it is its turn. */
  readonly children: ReactNode;
}

/** One of the five: done with its result, open, or still to come. */
export function Step({ name, now, result = null, children }: StepProps) {
  const number = STEPS.indexOf(name) + 1;
  const turn = STEPS.indexOf(now) + 1 - number;
  const standing = turn > 0 ? 'done' : turn === 0 ? 'now' : 'later';
  return (
    <li className={`panel step ${standing}`} aria-current={turn === 0 ? 'step' : undefined}>
      <span className="step-mark" aria-hidden>
        {turn > 0 ? '✓' : number}
      </span>
      <Stack gap="sm" className="step-body">
        <div>
          <Title order={2}>
            {texts.setup.steps[name]}
            <span className="hidden"> ({texts.setup.standings[standing]})</span>
          </Title>
          {turn > 0 && <div className="quiet">{result}</div>}
        </div>
        {turn === 0 && children}
      </Stack>
    </li>
  );
}
