import { readFile } from 'node:fs/promises';
import { SallyportError } from '@sallyport/contract/errors';
import { parseInput } from '@sallyport/contract/parse';
import { type SiteDocument, siteDocumentSchema } from '@sallyport/contract/server/site-document';
import { LineCounter, parseDocument } from 'yaml';
import { badInput } from './show-error.ts';

/**
 * Reads the file of `apply`: YAML 1.2, and so JSON too.
 * @throws SallyportError `invalid_input` with line and column of what is wrong
 */
export async function readDocument(
  file: string,
  readStdin: () => Promise<string>,
): Promise<SiteDocument> {
  const text = file === '-' ? await readStdin() : await readText(file);
  const place = file === '-' ? 'standard input' : file;
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${place}, line ${line}, column ${col}`;
  };
  const [fault] = yaml.errors;
  if (fault !== undefined) {
    throw badInput(at(fault.pos[0]), undefined, {
      message: `is not valid YAML: ${fault.message}`,
      remedy: 'correct the file',
    });
  }
  let value: unknown;
  try {
    // Aliases are counted, so that a few lines can't become gigabytes.
    value = yaml.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw badInput(place, undefined, {
      message: `can not be read: ${(error as Error).message}`,
      remedy: 'write everything out instead of using aliases',
    });
  }
  try {
    return parseInput(siteDocumentSchema, value);
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    const errors = error.errors.map((one) => {
      const offset = offsetOf(yaml, one.field);
      const where = offset === undefined ? place : at(offset);
      return { ...one, field: `${where}: ${one.field}` };
    });
    throw new SallyportError('invalid_input', error.message, { errors });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'does not exist',
      EACCES: 'may not be read by you',
      EISDIR: 'is a directory',
    };
    throw badInput('--file', file, {
      message: reasons[code] ?? `can not be read: ${message}`,
      remedy: 'name a file that you can read, or - for standard input',
    });
  }
}

/** Where the value of a field begins, or the nearest value that holds it. */
function offsetOf(yaml: ReturnType<typeof parseDocument>, field: string): number | undefined {
  const path = [...field.matchAll(/\[(\d+)\]|\[(".*?")\]|([^.[\]]+)/g)].map(
    ([, index, quoted, name]) => {
      if (index !== undefined) return Number(index);
      return quoted === undefined ? (name ?? '') : String(JSON.parse(quoted));
    },
  );
  for (let length = path.length; length >= 0; length -= 1) {
    const node = yaml.getIn(path.slice(0, length), true) as
      | { readonly range?: readonly number[] | null }
      | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return undefined;
}
