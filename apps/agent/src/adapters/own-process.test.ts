import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { createOwnProcess } from './own-process.ts';

describe('the agent’s own process', () => {
  it('has the capabilities that another program reads of it', async () => {
    const shown = execFileSync('grep', ['^CapEff:', `/proc/${process.pid}/status`]).toString();
    const capabilities = await createOwnProcess('/').capabilities();
    expect(capabilities.toString(16).padStart(16, '0')).toBe(shown.split('\t')[1]?.trim());
  });

  it('can write to its state directory, or tells why not', async () => {
    const path = await temporaryDirectory();
    expect(await createOwnProcess(path).stateDir()).toMatchObject({ path, refusal: null });
    expect((await createOwnProcess(path).stateDir()).freeBytes).toBeGreaterThan(0);
    const missing = join(path, 'missing');
    expect(await createOwnProcess(missing).stateDir()).toMatchObject({
      refusal: expect.stringContaining('ENOENT') as string,
      freeBytes: null,
    });
  });
});
