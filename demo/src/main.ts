import { parseArgs } from 'node:util';
import { upLab, type Lab } from '@sallyport/lab/lab';
import { playDesktops } from './desktops.ts';
import { play } from './play.ts';
import { createStage } from './stage.ts';
import { tryFirst } from './try-first.ts';

const HELP = `Usage: npm run demo [-- OPTIONS]

A host with two uplinks and three addresses, in network namespaces: two Docker networks, each leaving
by its own address, as a machine beyond the host sees it; then desktops for people, restricted to
each, with the page to look at them. Ctrl-C leaves nothing behind.

  --check        Do the same, end, and exit 0 only if every line was as promised
  --name NAME    Name of the lab (default: demo)
`;

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, name: { type: 'string' }, help: { type: 'boolean' } },
});

if (values.help === true) process.stdout.write(HELP);
else process.exitCode = await demo(values.name ?? 'demo', values.check === true);

async function demo(name: string, check: boolean): Promise<number> {
  const stopped = new AbortController();
  // The first signal takes the lab down in good order; a second one while that goes on is ignored.
  const stop = (): void => stopped.abort(new Error('stopped'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const stage = createStage();
  let lab: Lab | null = null;
  try {
    stage.say('Setting up a host and a machine beyond it …');
    lab = await upLab({ name, progress: (line) => stage.progress(line), signal: stopped.signal });
    const promises = await play(lab, stage, stopped.signal);
    const desktops = await playDesktops(lab, stage, stopped.signal);
    const tried = check ? [stage.tell(await tryFirst(lab))] : [];
    const kept = stage.summary([...promises, ...desktops.kept, ...tried]);
    if (!check) {
      stage.invite(lab, desktops.server);
      await untilAborted(stopped.signal);
    }
    return kept ? 0 : 1;
  } catch (error) {
    if (stopped.signal.aborted) return 130;
    throw error;
  } finally {
    stage.say('Taking everything down …');
    await lab?.down();
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A pending signal handler alone does not keep the process alive.
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
