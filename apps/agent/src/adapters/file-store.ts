import { createHash } from 'node:crypto';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import type { DesiredState, StateStore } from '../ports/store.ts';
import { readIfThere, writeDurably } from './durable-file.ts';
import { parseState } from './state-schema.ts';

/** Raised when the file's shape changes; an agent does not read what a newer one wrote. */
const FORMAT = 1;

/** What says nothing any more once everything was removed from the host. */
const LEFT_BY_A_LIFE = [
  'state.json.1',
  'guard.nft',
  'guard.ip',
  'counters.json',
  'drops.json',
  'violations.json',
];

const envelopeSchema = z.object({
  format: z.int(),
  /** SHA-256 of the state's JSON text: a torn or edited file is told, not half-believed. */
  sha256: z.string(),
  state: z.unknown(),
});
type Envelope = z.infer<typeof envelopeSchema>;

/** The state directory. The state before the last one stays as `state.json.1`. */
export function createFileStore(directory: string): StateStore {
  const path = (name: string) => join(directory, name);
  const current = path('state.json');
  const previous = path('state.json.1');

  const write = async (name: string, content: string): Promise<void> => {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeDurably(path(name), content);
    } catch (error) {
      throw notWritable(directory, error);
    }
  };

  /** By name, what was last written. Rules seldom change when the table does, and each file costs two syncs. */
  const written = new Map<string, string>();
  const writeIfOther = async (name: string, content: string): Promise<void> => {
    const digest = createHash('sha256').update(content).digest('base64');
    if (written.get(name) === digest) return;
    await write(name, content);
    written.set(name, digest);
  };

  const moveAside = async (why: string): Promise<string> => {
    const where = path(`state.json.${why}-${Date.now()}`);
    try {
      await rename(current, where);
    } catch (error) {
      if (!isMissing(error)) throw notWritable(directory, error);
    }
    return where;
  };

  return {
    async load() {
      try {
        const newest = await readIfThere(current);
        if (newest !== null) return { kind: 'loaded', state: decode(newest, 'state.json') };
        // The copy before it is believed only where the newest was never completed.
        const older = await readIfThere(previous);
        if (older !== null) return { kind: 'loaded', state: decode(older, 'state.json.1') };
        return { kind: 'empty' };
      } catch (error) {
        // Also where the disk can't be read: nothing may be taken for surplus then.
        return { kind: 'damaged', reason: (error as Error).message };
      }
    },

    async save(state) {
      const text = encode(state);
      await keepPrevious(current, previous).catch((error: unknown) => {
        throw notWritable(directory, error);
      });
      await write('state.json', text);
    },

    setAside: () => moveAside('damaged'),

    async retire() {
      written.clear();
      await moveAside('removed');
      for (const name of LEFT_BY_A_LIFE) {
        await rm(path(name), { force: true });
      }
    },

    async saveBootGuard({ nft, ipBatch }) {
      await writeIfOther('guard.nft', nft);
      await writeIfOther('guard.ip', ipBatch);
    },

    async loadBootGuard() {
      const nft = await readIfThere(path('guard.nft'));
      const ipBatch = await readIfThere(path('guard.ip'));
      return nft === null ? null : { nft, ipBatch: ipBatch ?? '' };
    },
  };
}

async function keepPrevious(current: string, previous: string): Promise<void> {
  try {
    await copyFile(current, previous);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function encode(state: DesiredState): string {
  const envelope: Envelope = { format: FORMAT, sha256: hash(state), state };
  return `${JSON.stringify(envelope, null, 1)}\n`;
}

/** @throws Error with a sentence */
function decode(text: string, name: string): DesiredState {
  const envelope = readEnvelope(text, name);
  if (envelope.format !== FORMAT)
    throw new Error(`${name} has the format ${envelope.format}, this agent reads ${FORMAT}`);
  if (envelope.sha256 !== hash(envelope.state))
    throw new Error(`${name} does not match its checksum`);
  return parseState(envelope.state, name);
}

function readEnvelope(text: string, name: string): Envelope {
  const { success, data } = envelopeSchema.safeParse(parseJson(text, name));
  if (!success) throw new Error(`${name} is not a stored state`);
  return data;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not whole JSON`);
  }
}

function hash(state: unknown): string {
  return createHash('sha256').update(JSON.stringify(state)).digest('hex');
}

function notWritable(directory: string, error: unknown): SallyportError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new SallyportError(
    'state_not_writable',
    `The state directory ${directory} can not be written: ${message}`,
    {
      remedy:
        code === 'ENOSPC'
          ? `Make room on the disk of ${directory}; nothing was changed.`
          : `Make ${directory} writable for the agent; nothing was changed.`,
      cause: error,
    },
  );
}
