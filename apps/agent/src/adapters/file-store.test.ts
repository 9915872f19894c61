import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guideSpec, SPEC_B } from '../../test/guide-host.ts';
import { temporaryDirectory } from '../../test/temporary.ts';
import type { DesiredState } from '../ports/store.ts';
import { createFileStore } from './file-store.ts';

const FIRST: DesiredState = {
  networks: [],
  leases: [],
  ways: [{ slot: 1, key: 'enp0s3|192.168.4.1' }],
};
const SECOND: DesiredState = { ...FIRST, networks: [guideSpec(), SPEC_B] };

async function newStore() {
  const directory = join(await temporaryDirectory(), 'state');
  const path = (name: string) => join(directory, name);
  const edit = async (name: string, change: (text: string) => string) =>
    writeFile(path(name), change(await readFile(path(name), 'utf8')));
  return { directory, path, edit, store: createFileStore(directory) };
}

async function storeOfTwo() {
  const all = await newStore();
  await all.store.save(FIRST);
  await all.store.save(SECOND);
  return all;
}

describe('the stored state', () => {
  it('is empty before anything was asked for', async () => {
    expect(await (await newStore()).store.load()).toEqual({ kind: 'empty' });
  });

  it('comes back as it was stored, by another agent too', async () => {
    const { directory } = await storeOfTwo();
    expect(await createFileStore(directory).load()).toEqual({ kind: 'loaded', state: SECOND });
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('is the copy before it where the newest was never completed', async () => {
    const { store, path } = await storeOfTwo();
    await rm(path('state.json'));
    expect(await store.load()).toEqual({ kind: 'loaded', state: FIRST });
  });

  it.each<[string, (text: string) => string, string]>([
    ['torn', (text) => text.slice(0, text.length / 2), 'not whole JSON'],
    ['emptied', () => '', 'not whole JSON'],
    ['edited', (text) => text.replace('192.168.4.153', '192.168.4.53'), 'checksum'],
    ['from the future', (text) => text.replace('"format": 1', '"format": 2'), 'format 2'],
    ['something else', () => '[]', 'not a stored state'],
    ['nothing', () => 'null', 'not a stored state'],
    ['zeroes, as some file systems leave them', () => '\0'.repeat(64), 'not whole JSON'],
  ])('is damaged when it is %s, and the copy before it is not believed', async (_, change, why) => {
    const { store, edit } = await storeOfTwo();
    await edit('state.json', change);
    const loaded = await store.load();
    expect(loaded).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining(why) as string,
    });
  });

  it('is damaged where only a damaged copy is left', async () => {
    const { store, path, edit } = await storeOfTwo();
    await rm(path('state.json'));
    await edit('state.json.1', () => '{');
    expect(await store.load()).toMatchObject({ kind: 'damaged' });
  });

  it('is damaged where it can not be read at all', async () => {
    const { store, path } = await newStore();
    await mkdir(path('state.json'), { recursive: true });
    expect(await store.load()).toMatchObject({ kind: 'damaged' });
  });
});

describe('a state that can not be stored', () => {
  it('is refused where a file is in the place of the directory', async () => {
    const { store, directory } = await newStore();
    await writeFile(directory, '');
    await expect(store.save(FIRST)).rejects.toMatchObject({
      code: 'state_not_writable',
      remedy: expect.stringContaining(directory) as string,
    });
  });

  it('leaves the one before it in place', async () => {
    const { store, path } = await newStore();
    await store.save(FIRST);
    await mkdir(path('state.json.new'));
    await expect(store.save(SECOND)).rejects.toMatchObject({ code: 'state_not_writable' });
    expect(await store.load()).toEqual({ kind: 'loaded', state: FIRST });
  });
});

describe('putting the state aside', () => {
  it('keeps a damaged one under another name, and another can be stored', async () => {
    const { store, edit } = await storeOfTwo();
    await edit('state.json', () => '{');
    expect(await readFile(await store.setAside(), 'utf8')).toBe('{');
    await store.save(FIRST);
    expect(await store.load()).toEqual({ kind: 'loaded', state: FIRST });
  });

  it('is fine where there is none', async () => {
    const { store, directory } = await newStore();
    await mkdir(directory);
    await store.setAside();
    expect(await readdir(directory)).toEqual([]);
  });

  it('retires it with the boot guard, so that nothing is made anew', async () => {
    const { store, directory } = await storeOfTwo();
    await store.saveBootGuard({ nft: 'a', ipBatch: 'b' });
    await store.retire();
    expect(await store.load()).toEqual({ kind: 'empty' });
    expect(await store.loadBootGuard()).toBeNull();
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^state\.json\.removed-\d+$/)]);
  });
});

describe('the guard for boot', () => {
  it('comes back as it was stored, and is null before', async () => {
    const { store } = await newStore();
    expect(await store.loadBootGuard()).toBeNull();
    await store.saveBootGuard({ nft: 'table inet sallyport {}\n', ipBatch: 'rule add\n' });
    expect(await store.loadBootGuard()).toEqual({
      nft: 'table inet sallyport {}\n',
      ipBatch: 'rule add\n',
    });
  });

  it('is the table alone where the rules are missing', async () => {
    const { store, path } = await newStore();
    await store.saveBootGuard({ nft: 'a', ipBatch: 'b' });
    await rm(path('guard.ip'));
    expect(await store.loadBootGuard()).toEqual({ nft: 'a', ipBatch: '' });
  });
});
