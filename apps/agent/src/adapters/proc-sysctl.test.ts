import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { createProcSysctl } from './proc-sysctl.ts';

async function newRoot() {
  const root = await temporaryDirectory();
  await mkdir(join(root, 'ipv4/conf/eth0.7'), { recursive: true });
  await writeFile(join(root, 'ipv4/ip_forward'), '0\n');
  await writeFile(join(root, 'ipv4/conf/eth0.7/rp_filter'), '2\n');
  return { root, sysctl: createProcSysctl(root) };
}

describe('kernel parameters', () => {
  it('are read without the line break; dots belong to names of interfaces', async () => {
    const { sysctl } = await newRoot();
    expect(await sysctl.read('ipv4/ip_forward')).toBe('0');
    expect(await sysctl.read('ipv4/conf/eth0.7/rp_filter')).toBe('2');
  });

  it('are null where the kernel has none', async () => {
    expect(await (await newRoot()).sysctl.read('bridge/bridge-nf-call-iptables')).toBeNull();
  });

  it('are written', async () => {
    const { root, sysctl } = await newRoot();
    await sysctl.write('ipv4/ip_forward', '1');
    expect(await readFile(join(root, 'ipv4/ip_forward'), 'utf8')).toBe('1\n');
  });

  it('that can not be written are refused with the command to try', async () => {
    const { sysctl } = await newRoot();
    await expect(sysctl.write('ipv4/conf', '1')).rejects.toMatchObject({
      code: 'host_refused',
      remedy: 'Set it yourself: sysctl -w net/ipv4/conf=1',
    });
  });

  it.each([
    '',
    '/',
    '..',
    '../kernel/hostname',
    'ipv4/../../kernel',
    './ipv4',
    'a//b',
    'a/',
    'a b',
  ])('are nowhere else: %j', async (path) => {
    const { sysctl } = await newRoot();
    await expect(sysctl.read(path)).rejects.toThrow('is not the path of a kernel parameter');
    await expect(sysctl.write(path, '1')).rejects.toThrow('kernel parameter');
  });
});
