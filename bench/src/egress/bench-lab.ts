import { readFile } from 'node:fs/promises';
import { AgentProcess, type AgentOptions } from '@sallyport/lab/agent-process';
import { ensurePackages } from '@sallyport/lab/debian/packages';
import { type Lab, upLab } from '@sallyport/lab/lab';

/** Load generators and a server that is faster than what is measured. */
const PROGRAMS = { wrk: ['wrk'], nginx: ['nginx-light'], iperf3: ['iperf3'] } as const;

export const progress = (line: string): void => console.error(line);

/** A lab without captures, taken down afterwards whatever happens. */
export async function withLab<T>(
  name: string,
  work: (lab: Lab) => Promise<T>,
  capture = false,
): Promise<T> {
  await ensurePackages({ progress, programs: PROGRAMS });
  const lab = await upLab({ name: `bench-${name}-${process.pid}`, capture, progress });
  try {
    return await work(lab);
  } finally {
    await lab.down();
  }
}

/** The agent in a lab, ended with it. */
export async function startAgent(lab: Lab, options: AgentOptions = {}): Promise<AgentProcess> {
  const agent = new AgentProcess(lab, options);
  await agent.start();
  return agent;
}

/** Clock ticks a second of /proc/PID/stat (USER_HZ, proc(5)), the same on every architecture of Debian. */
const TICKS = 100;

/** CPU time that a process and the children that it has waited for have used, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field, the program's name, is in parentheses and may hold spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return (ticks * 1000) / TICKS;
}

/** Resident memory in MB. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
