import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ZodType } from 'zod';
import type { Kept } from '../ports/store.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

/** A value in a JSON file of its own. @param schema what is believed; anything else counts as nothing */
export function createKeptFile<T>(path: string, schema: ZodType<T>): Kept<T> {
  return {
    async load() {
      try {
        const text = await readIfThere(path);
        return text === null ? null : schema.parse(JSON.parse(text));
      } catch {
        return null;
      }
    },

    async save(value) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeDurably(path, `${JSON.stringify(value)}\n`);
    },
  };
}
