import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

describe('a file written durably', () => {
  it('is there for its owner alone, and nothing beside it', async () => {
    const directory = await temporaryDirectory();
    await writeDurably(join(directory, 'a'), 'one');
    await writeDurably(join(directory, 'a'), 'two');
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('two');
    expect(await readdir(directory)).toEqual(['a']);
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o600);
  });

  it('writes over what a crash has left half-written', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'a.new'), 'a much longer text that was never renamed');
    await writeDurably(join(directory, 'a'), 'x');
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('x');
  });

  it('leaves the old content where the new one can not take its place', async () => {
    const directory = await temporaryDirectory();
    await writeDurably(join(directory, 'a'), 'old');
    await mkdir(join(directory, 'a.new'));
    await expect(writeDurably(join(directory, 'a'), 'new')).rejects.toThrow('EISDIR');
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('old');
  });
});

describe('reading what may be missing', () => {
  it('tells missing from unreadable', async () => {
    const directory = await temporaryDirectory();
    expect(await readIfThere(join(directory, 'a'))).toBeNull();
    await expect(readIfThere(directory)).rejects.toThrow('EISDIR');
    await writeFile(join(directory, 'a'), '');
    await expect(readIfThere(join(directory, 'a', 'b'))).rejects.toThrow('ENOTDIR');
    expect(await readIfThere(join(directory, 'a'))).toBe('');
  });
});
