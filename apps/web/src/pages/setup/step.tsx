import { Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
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
  const title = useRef<HTMLHeadingElement>(null);
  const wasOpen = useRef(turn === 0);
  // What was pressed is gone with the step before: a keyboard goes on from here, and a phone shows it.
  useEffect(() => {
    if (turn === 0 && !wasOpen.current) title.current?.focus();
    wasOpen.current = turn === 0;
  }, [turn]);
  return (
    <li className={`panel step ${standing}`} aria-current={turn === 0 ? 'step' : undefined}>
      <span className="step-mark" aria-hidden>
        {turn > 0 ? '✓' : number}
      </span>
      <Stack gap="sm" className="step-body">
        <div>
          <Title order={2} ref={title} tabIndex={-1} className="step-title">
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
