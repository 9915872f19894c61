import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/temporary.ts';
import { createProcRoutes } from './proc-routes.ts';

/* As Linux 6.1 on a little-endian machine prints it. */
const TEXT = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100D00A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0000D00A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0
`;

it('reads the routes of a process', async () => {
  const proc = await temporaryDirectory();
  await mkdir(join(proc, '7', 'net'), { recursive: true });
  await writeFile(join(proc, '7', 'net', 'route'), TEXT);
  expect(await createProcRoutes(proc)(7)).toEqual([
    { device: 'eth0', destination: '0.0.0.0', length: 0, gateway: '10.208.0.1' },
    { device: 'eth0', destination: '10.208.0.0', length: 24, gateway: null },
    { device: 'tun0', destination: '128.0.0.0', length: 1, gateway: null },
  ]);
});

it('has nothing of a process that is gone', async () => {
  expect(await createProcRoutes(await temporaryDirectory())(7)).toBeNull();
});

it('reads the kernel’s own', async () => {
  expect(await createProcRoutes()(process.pid)).not.toBeNull();
});
