/*
 * The probe: started by the agent in a network namespace of its own, on a bridge, without privileges.
 * Reads its questions from standard input, writes one JSON line with the answers, and ends.
 */
import { text } from 'node:stream/consumers';
import type { ProbeAnswer, ProbeQuestion } from '../ports/prober.ts';
import { askEcho } from './ask-echo.ts';

const questions = JSON.parse(await text(process.stdin)) as readonly ProbeQuestion[];
const answers = await Promise.all(
  questions.map(async (question): Promise<ProbeAnswer> => {
    const begun = performance.now();
    try {
      const observed = await askEcho(question);
      return { observed, durationMs: performance.now() - begun };
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      return { failure, durationMs: performance.now() - begun };
    }
  }),
);
process.stdout.write(`${JSON.stringify(answers)}\n`);
