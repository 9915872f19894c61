import { fromProblem, SallyportError } from '@sallyport/contract/errors';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { linesOf } from './lines.ts';

/**
 * Reads the lines of a pull to their end, and tells how far all layers are together.
 * @throws SallyportError as the last line tells, or where there is none
 */
export async function pullOver(
  chunks: AsyncIterable<string>,
  onProgress: (percent: number | null) => void,
): Promise<void> {
  const layers = new Map<string, number>();
  for await (const line of linesOf(chunks)) {
    const step = ENDPOINTS.pullImage.response.parse(JSON.parse(line));
    if ('done' in step) return;
    if ('code' in step) throw fromProblem(step);
    if (step.layer !== undefined)
      layers.set(step.layer, step.percent ?? layers.get(step.layer) ?? 0);
    const known = [...layers.values()];
    const sum = known.reduce((all, percent) => all + percent, 0);
    onProgress(known.length === 0 ? null : sum / known.length);
  }
  throw new SallyportError('agent_unreachable', 'The agent stopped in the middle of a pull.');
}
