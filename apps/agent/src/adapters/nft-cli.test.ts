import { describe, expect, it } from 'vitest';
import { recordRun } from '../../test/record-run.ts';
import { createNftCli } from './nft-cli.ts';

const MISSING = {
  code: 1,
  stderr: 'Error: No such file or directory\nlist table inet sallyport\n',
};
const DENIED = { code: 1, stderr: 'Operation not permitted (you must be root)\n' };
const COUNTERS = JSON.stringify({
  nftables: [
    { metainfo: { version: '1.0.6', json_schema_version: 1 } },
    { counter: { family: 'inet', name: 'drop_host', table: 'sallyport', packets: 3, bytes: 180 } },
  ],
});

describe('nft', () => {
  it('finds no table where there is none, and says so only then', async () => {
    const none = createNftCli(recordRun(() => MISSING).run);
    expect(await none.listTable()).toBeNull();
    expect(await none.counters()).toEqual({});
    const denied = createNftCli(recordRun(() => DENIED).run);
    // A table that can not be read must not be taken for one that is missing.
    await expect(denied.listTable()).rejects.toMatchObject({
      code: 'host_refused',
      remedy: 'Run the agent as root, or with CAP_NET_ADMIN.',
    });
    await expect(denied.counters()).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('lists without counters, whose values would look like another table each time', async () => {
    const { run, calls } = recordRun(() => ({ stdout: 'table inet sallyport {\n}\n' }));
    await createNftCli(run).listTable();
    expect(calls[0]?.args.join(' ')).toBe('-s list table inet sallyport');
  });

  it('reads counters', async () => {
    const nft = createNftCli(recordRun(() => ({ stdout: COUNTERS })).run);
    expect(await nft.counters()).toEqual({ drop_host: { packets: 3, bytes: 180 } });
  });

  it('deletes the table whether it is there or not', async () => {
    const { run, calls } = recordRun();
    await createNftCli(run).deleteTable();
    expect(calls[0]?.options.stdin).toBe('table inet sallyport {}\ndelete table inet sallyport\n');
  });

  it('tells what nft refused', async () => {
    const nft = createNftCli(
      recordRun(() => ({ code: 1, stderr: 'Error: interval overlaps' })).run,
    );
    await expect(nft.changeElements({ add: { a: ['b'] }, remove: {} })).rejects.toMatchObject({
      code: 'host_refused',
      message: expect.stringContaining('interval overlaps') as string,
    });
  });

  it('knows its version', async () => {
    const { run } = recordRun(() => ({ stdout: 'nftables v1.0.6 (Lester Gooch #5)\n' }));
    expect(await createNftCli(run).version()).toBe('1.0.6');
  });
});
