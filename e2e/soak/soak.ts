import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../leaks/random.ts';
import { totalSince } from '../support/figures.ts';
import { withoutProtection } from '../support/protection.ts';
import { REPORTS } from '../support/reports.ts';
import { told } from '../support/world.ts';
import { type Fault, FAULTS } from './faults.ts';
import { type Fleet, heal, leaksOf, untilAllFlow, upFleet } from './fleet.ts';
import { type MemorySample, observeMemory } from './memory.ts';
import type { Happening, SoakOptions, SoakResult } from './result.ts';
import { renderSoak } from './soak-report.ts';

/** In this part of the time the agent may be killed; in the rest its memory is measured in one life. */
const KILLING_SHARE = 0.25;
const PAUSE_MS = 1_500;

/** @returns whether nothing leaked and the negative control saw leaks */
export async function soak(options: SoakOptions): Promise<boolean> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`seed ${options.seed}: putting ${options.networks} networks with containers up`);
  const fleet = await upFleet(options);
  try {
    await untilAllFlow(fleet);
    const result = await inflict(fleet, options, say);
    say(`${result.happenings.length} faults, ${result.leaked} leaked packets`);
    if (result.leaked > 0 || result.control === 0) return false;
    await mkdir(REPORTS, { recursive: true });
    await writeFile(join(REPORTS, 'soak.md'), renderSoak(result));
    return true;
  } finally {
    await fleet.world.down();
  }
}

async function inflict(
  fleet: Fleet,
  options: SoakOptions,
  say: (line: string) => void,
): Promise<SoakResult> {
  const random = createRandom(options.seed);
  const begun = Date.now();
  const end = begun + options.minutes * 60_000;
  const lastKill = begun + (end - begun) * KILLING_SHARE;
  const happenings: Happening[] = [];
  const memory: MemorySample[] = [];
  let leaked = 0;
  let since = begun;
  while (Date.now() < end) {
    const allowed = FAULTS.filter(({ endsAgent }) => endsAgent !== true || Date.now() < lastKill);
    const fault = random.pick(allowed);
    const repairMs = await attempt(fleet, fault, random);
    happenings.push({ fault: fault.name, repairMs });
    await sleep(PAUSE_MS);
    const next = Date.now();
    const leaks = await leaksOf(fleet, since);
    leaked += leaks.length;
    since = next;
    const sample = await observeMemory(fleet.world.agent.pid);
    if (sample !== null && sample.at > lastKill) memory.push(sample);
    const minutes = ((next - begun) / 60_000).toFixed(1);
    say(`${minutes} min: ${fault.name}: ${Math.round(repairMs)} ms, ${leaks.length} leaked`);
    if (leaks.length > 0) say(told(leaks));
  }
  await untilAllFlow(fleet);
  const subjects = fleet.networks.flatMap((network) => network.subjects);
  const totals = await Promise.all(subjects.map((subject) => totalSince(subject, begun)));
  const seen = (await fleet.world.lab.capture.packets({ since: begun })).length;
  return {
    ...options,
    happenings,
    sent: totals.reduce((sum, { sent }) => sum + sent, 0),
    delivered: totals.reduce((sum, { delivered }) => sum + delivered, 0),
    seen,
    leaked,
    memory,
    control: await bareLeaks(fleet),
  };
}

/** A fault, and the time that it took until all was in place again. */
async function attempt(
  fleet: Fleet,
  { name, happen, afterwards }: Fault,
  random: ReturnType<typeof createRandom>,
): Promise<number> {
  try {
    await happen(fleet, random);
    const repairMs = await heal(fleet);
    await afterwards?.(fleet);
    return repairMs;
  } catch (cause) {
    throw new Error(`after: ${name}`, { cause });
  }
}

/** The negative control: how many packets the same oracle sees where nothing protects. */
async function bareLeaks(fleet: Fleet): Promise<number> {
  await withoutProtection(fleet.world);
  const since = Date.now();
  await sleep(PAUSE_MS);
  const { length } = await leaksOf(fleet, since);
  await heal(fleet);
  return length;
}
