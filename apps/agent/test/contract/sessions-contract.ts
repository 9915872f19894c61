import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionContainerPlan, SessionContainers } from '../../src/ports/sessions.ts';
import { containerName, NETWORK_LABEL, SESSION_LABEL } from '../../src/sessions/labels.ts';
import { renderSeccomp } from '../../src/sessions/seccomp.ts';
import { rejectionOf } from '../sessions/bench.ts';

/** A Docker with no containers of sessions, an image and a network. */
export interface SessionsBench {
  readonly containers: SessionContainers;
  readonly image: string;
  readonly network: string;
  /** A command that does not end by itself. */
  readonly never: readonly string[];
  /** Somebody ends the container's processes, with SIGKILL. */
  kill(id: string): Promise<void>;
  /** Somebody else makes a container that has the name of a session's and not its label. */
  addForeign(id: string): Promise<void>;
  /** Whether that one still runs. */
  foreignRuns(id: string): Promise<boolean>;
  /** Somebody else makes a container that has the label of a session's and not its name. */
  addLabelled(id: string): Promise<void>;
  addForeignVolume(name: string): Promise<void>;
  volumes(): Promise<readonly string[]>;
}

const ID = '0198a6f0-0000-7000-8000-00000000000a';
const OTHER = '0198a6f0-0000-7000-8000-00000000000b';
const PROFILE = { volume: 'sallyport-profile-ada', target: '/profile' };
const OWNER = { uid: 1000, gid: 1000 };
const MIB = 1024 * 1024;

/** What everything that calls itself the containers of sessions does. */
export function describeSessions(make: () => Promise<SessionsBench>): void {
  let bench: SessionsBench;
  let containers: SessionContainers;
  const plan = (changes: Partial<SessionContainerPlan> = {}): SessionContainerPlan => ({
    name: containerName(ID),
    image: bench.image,
    network: bench.network,
    environment: ['A=1'],
    hostname: null,
    user: '1000:1000',
    command: null,
    labels: { [SESSION_LABEL]: ID, [NETWORK_LABEL]: bench.network },
    dns: ['9.9.9.9'],
    cores: 0.5,
    memoryBytes: 64 * MIB,
    sharedMemoryBytes: MIB,
    pids: 32,
    binds: [],
    profile: null,
    devices: [],
    gpus: 0,
    capabilities: [],
    privileged: false,
    extraHosts: {},
    seccomp: renderSeccomp(),
    ...changes,
  });
  const stateOf = async (id: string) => (await containers.find(id))?.state;

  describe('the containers of sessions', () => {
    beforeEach(async () => {
      bench = await make();
      ({ containers } = bench);
    });

    it('are made, found and listed, and not started', async () => {
      expect(await containers.find(ID)).toBeNull();
      await containers.create(plan());
      const found = await containers.find(ID);
      expect(found).toMatchObject({
        name: containerName(ID),
        image: bench.image,
        state: 'created',
        pid: 0,
        addresses: {},
        startedAt: null,
        labels: { [SESSION_LABEL]: ID },
        error: '',
      });
      expect(found?.environment).toContain('A=1');
      expect(await containers.list()).toEqual([found]);
    });

    it('have an address and a process once they are started', async () => {
      await containers.create(plan());
      await containers.start(ID);
      await containers.start(ID);
      const found = await containers.find(ID);
      expect(found?.state).toBe('running');
      expect(found?.pid).toBeGreaterThan(0);
      expect(found?.startedAt).toBeGreaterThan(0);
      expect(Object.keys(found?.addresses ?? {})).toEqual([bench.network]);
      expect(found?.addresses[bench.network]).toMatch(/^[\d.]+$/);
    });

    it('are paused, resumed and stopped, also when they are so already', async () => {
      await containers.create(plan());
      await containers.start(ID);
      for (const [step, state] of [
        ['pause', 'paused'],
        ['resume', 'running'],
        ['pause', 'paused'],
        ['stop', 'exited'],
        ['start', 'running'],
      ] as const) {
        await containers[step](ID);
        await containers[step](ID);
        expect(await stateOf(ID)).toBe(state);
      }
      expect((await containers.find(ID))?.exitCode).toBe(0);
    });

    it('refuse what is not possible in their state', async () => {
      await containers.create(plan());
      expect((await rejectionOf(containers.pause(ID))).code).toBe('session_state');
      expect((await rejectionOf(containers.resume(ID))).code).toBe('session_state');
      expect((await rejectionOf(containers.pause(OTHER))).code).toBe('session_state');
    });

    it('tell how they ended', async () => {
      await containers.create(plan());
      await containers.start(ID);
      await bench.kill(ID);
      expect(await containers.find(ID)).toMatchObject({ state: 'exited', exitCode: 137, pid: 0 });
    });

    it.each(['running', 'paused'])('are removed while they are %s', async (state) => {
      await containers.create(plan());
      await containers.start(ID);
      if (state === 'paused') await containers.pause(ID);
      await containers.remove(ID);
      await containers.remove(ID);
      expect(await containers.list()).toEqual([]);
    });

    it('are made once', async () => {
      await containers.create(plan());
      expect((await rejectionOf(containers.create(plan()))).code).toBe('session_exists');
      expect(await containers.list()).toHaveLength(1);
    });

    it('need an image that is there', async () => {
      const refusal = await rejectionOf(containers.create(plan({ image: 'no-such-image:7' })));
      expect(refusal.code).toBe('image_not_found');
      expect(await containers.list()).toEqual([]);
    });

    it('are not those of somebody else, whatever their name', async () => {
      await bench.addForeign(OTHER);
      expect(await containers.find(OTHER)).toBeNull();
      expect(await containers.list()).toEqual([]);
      await rejectionOf(containers.stop(OTHER));
      await containers.remove(OTHER);
      expect(await bench.foreignRuns(OTHER)).toBe(true);
    });

    it('are not those of an image with labels of its own', async () => {
      await bench.addLabelled(OTHER);
      await bench.addLabelled('../../images');
      expect(await containers.list()).toEqual([]);
      expect(await containers.find(OTHER)).toBeNull();
      expect(await containers.find('../../images')).toBeNull();
    });

    it('keep a profile in a volume of their own', async () => {
      const profile = { ...PROFILE, owner: OWNER };
      await containers.create(plan({ profile }));
      expect((await containers.find(ID))?.volumes).toEqual([PROFILE.volume]);
      await containers.remove(ID);
      expect(await bench.volumes()).toContain(PROFILE.volume);
      await containers.create(plan({ profile }));
      await containers.remove(ID);
      await containers.removeProfile(PROFILE.volume);
      await containers.removeProfile(PROFILE.volume);
      expect(await bench.volumes()).not.toContain(PROFILE.volume);
    });

    it('take no volume that somebody else has made', async () => {
      const volume = 'sallyport-profile-foreign';
      await bench.addForeignVolume(volume);
      const profile = { volume, target: '/profile', owner: OWNER };
      const refusal = await rejectionOf(containers.create(plan({ profile })));
      expect(refusal.code).toBe('session_refused');
      await containers.removeProfile(volume);
      expect(await bench.volumes()).toContain(volume);
    });

    it('have logs, the newest lines of both streams', async () => {
      const command = ['/bin/sh', '-c', 'echo one; sleep 0.2; echo two >&2; sleep 0.2; echo three'];
      await containers.create(plan({ command }));
      await containers.start(ID);
      await expect.poll(() => containers.logs(ID, 2), { timeout: 10_000 }).toBe('two\nthree\n');
    });

    it('run a command as their own user, and tell how it ended', async () => {
      const { signal } = new AbortController();
      const run = (...command: readonly string[]) => containers.exec(ID, command, signal);
      await containers.create(plan());
      expect((await rejectionOf(run('true'))).code).toBe('session_state');
      await containers.start(ID);
      expect(await run('true')).toBe(0);
      expect(await run('false')).toBe(1);
      // Of the real one alone: no more rights than the session itself has.
      const rights = /* sh */ `[ "$(id -u)" = 1000 ] && grep -q '^CapEff:.0*$' /proc/self/status && \
        grep -q '^CapBnd:.0*$' /proc/self/status && grep -q '^NoNewPrivs:.1' /proc/self/status && \
        grep -q '^Seccomp:.2' /proc/self/status`;
      expect(await run('sh', '-c', rights)).toBe(0);
      expect((await rejectionOf(run('missing'))).code).toBe('docker_refused');
      const late = AbortSignal.timeout(500);
      await expect(containers.exec(ID, bench.never, late)).rejects.toThrow(/abort|timeout/i);
    });

    it('remember their first launch for as long as they are there', async () => {
      await containers.create(plan());
      await containers.start(ID);
      expect(await containers.isLaunched(ID)).toBe(false);
      await containers.markLaunched(ID);
      await containers.markLaunched(ID);
      await containers.stop(ID);
      expect(await containers.isLaunched(ID)).toBe(true);
      await containers.remove(ID);
      await containers.create(plan());
      expect(await containers.isLaunched(ID)).toBe(false);
    });

    it('are of images that Docker lists by name', async () => {
      const names = (await containers.images()).map(({ name }) => name);
      expect(names).toContain(bench.image);
    });
  });
}
