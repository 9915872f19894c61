import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AgentEvent, eventSchema } from '@sallyport/contract/host';
import type { EventLog } from '../ports/store.ts';
import { EVENT_FILE_BYTES } from '../constants.ts';
import { readIfThere } from './durable-file.ts';

/** Events as JSON lines in `PATH.jsonl`, and before that in `PATH.1.jsonl`. */
export function createEventLog(path: string): EventLog {
  const newest = `${path}.jsonl`;
  const older = `${path}.1.jsonl`;
  let writing: Promise<void> = Promise.resolve();
  /** Whether the last thing in the file is a whole line of ours. */
  let begun = false;

  const append = async (event: AgentEvent): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const size = await stat(newest).then(
      ({ size: bytes }) => bytes,
      () => 0,
    );
    if (size > EVENT_FILE_BYTES) await rename(newest, older);
    // A line that a crash has torn must not swallow the first one after it.
    const torn = !begun && size > 0 && (await readIfThere(newest))?.endsWith('\n') === false;
    begun = false;
    await appendFile(newest, `${torn ? '\n' : ''}${JSON.stringify(event)}\n`, { mode: 0o600 });
    begun = true;
  };

  return {
    append(event) {
      const done = writing.then(() => append(event));
      writing = done.catch(() => undefined);
      return done;
    },

    async read(limit, network) {
      await writing;
      const texts = await Promise.all([readIfThere(older), readIfThere(newest)]);
      return texts
        .flatMap((text) => (text ?? '').split('\n').flatMap(parseLine))
        .filter((event) => network === null || event.network === network)
        .slice(-limit);
    },
  };
}

/** A line that a crash has torn is left out. */
function parseLine(line: string): readonly AgentEvent[] {
  try {
    const result = eventSchema.safeParse(JSON.parse(line));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}
