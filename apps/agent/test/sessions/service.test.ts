import { describe, expect, test } from 'vitest';
import { displayPassword } from '../../src/sessions/session-view.ts';
import { guideSpec } from '../guide-host.ts';
import { ID, rejectionOf, sessionBench, sessionWish } from './bench.ts';

const DISPLAY = { kind: 'vnc', clipboardIn: true, clipboardOut: false } as const;

describe('create', () => {
  test('makes and starts a container with nothing but what it needs', async () => {
    const { service, containers } = sessionBench();
    const made = await service.create(
      sessionWish({ display: DISPLAY, environment: { LANG: 'C' }, labels: { owner: 'ada' } }),
    );
    expect(made).toMatchObject({
      id: ID,
      state: 'running',
      address: '172.19.0.2',
      network: 'z_custom_a',
      display: { port: 5901, ready: false },
      labels: { owner: 'ada' },
    });
    expect(containers.plans.get(ID)).toMatchObject({
      user: '1000:1000',
      network: 'z_custom_a',
      dns: ['9.9.9.9'],
      capabilities: [],
      privileged: false,
      binds: [],
      devices: [],
      environment: [
        'LANG=C',
        'SALLYPORT_DISPLAY_PASSWORD=Passw0rd',
        'SALLYPORT_DISPLAY_PORT=5901',
        'SALLYPORT_CLIPBOARD_IN=1',
        'SALLYPORT_CLIPBOARD_OUT=0',
      ],
    });
    expect(JSON.stringify(made)).not.toContain('Passw0rd');
    expect(displayPassword(await service.find(ID))).toBe('Passw0rd');
  });

  test('answers the same wish again, in whatever order it is written', async () => {
    const { service } = sessionBench();
    const wish = sessionWish({ environment: { A: '1', B: '2' } });
    const first = await service.create(wish);
    const again = sessionWish({ environment: { B: '2', A: '1' } });
    expect(await service.create(again)).toEqual(first);
    const [one, two] = await Promise.all([service.create(wish), service.create(again)]);
    expect([one, two]).toEqual([first, first]);
    const other = service.create(sessionWish({ environment: { A: '2', B: '2' } }));
    expect((await rejectionOf(other)).code).toBe('session_exists');
  });

  test('two at once with the same id make one container', async () => {
    const { service } = sessionBench();
    const [one, two] = await Promise.all([
      service.create(sessionWish()),
      service.create(sessionWish()),
    ]);
    expect(one).toEqual(two);
  });

  test('goes on where the agent was killed between making and starting', async () => {
    const { service, containers } = sessionBench();
    await service.create(sessionWish());
    const plan = containers.plans.get(ID);
    await containers.remove(ID);
    if (plan !== undefined) await containers.create(plan);
    expect((await service.show(ID)).state).toBe('created');
    expect((await service.create(sessionWish())).state).toBe('running');
  });

  test('leaves nothing where it could not be started', async () => {
    const { service, containers } = sessionBench();
    containers.startFails = 'exec: "missing": not found';
    expect((await rejectionOf(service.create(sessionWish()))).code).toBe('docker_refused');
    expect(await service.list()).toEqual([]);
  });

  test('answers no labels that an image has brought along', async () => {
    const { service, containers } = sessionBench();
    await service.create(sessionWish({ labels: { owner: 'ada' } }));
    const plan = containers.plans.get(ID);
    const brought = { 'io.sallyport.x-owner': 'eve', 'io.sallyport.x-role': 'administrator' };
    const port = { 'io.sallyport.display-port': '22' };
    await containers.remove(ID);
    // As Docker does it: those of the container win.
    if (plan !== undefined)
      await containers.create({ ...plan, labels: { ...brought, ...port, ...plan.labels } });
    expect(await service.show(ID)).toMatchObject({ labels: { owner: 'ada' }, display: null });
    expect((await service.show(ID)).labels).toEqual({ owner: 'ada' });
  });

  test('is refused without an image', async () => {
    const { service } = sessionBench();
    const refusal = await rejectionOf(service.create(sessionWish({ image: 'other:1' })));
    expect(refusal.code).toBe('image_not_found');
  });

  test('is refused where Docker has no such network, or it is being deleted', async () => {
    const gone = sessionBench({ network: false });
    const deleting = sessionBench({ spec: { ...guideSpec(), deleting: true } });
    for (const { service } of [gone, deleting])
      expect((await rejectionOf(service.create(sessionWish()))).code).toBe('network_not_found');
  });

  test('is refused where the name servers of the host would be asked', async () => {
    const { service } = sessionBench({ spec: guideSpec() });
    const refusal = await rejectionOf(service.create(sessionWish()));
    expect(refusal.code).toBe('session_refused');
    expect(refusal.remedy).toContain('--dns');
    const { service: other, containers } = sessionBench({ spec: guideSpec(), dns: ['9.9.9.9'] });
    await other.create(sessionWish());
    expect(containers.plans.get(ID)?.dns).toEqual(['9.9.9.9']);
  });
});

describe('the life of a session', () => {
  test('each step is answered where it already is so', async () => {
    const { service } = sessionBench();
    await service.create(sessionWish());
    for (const [step, state] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['stop', 'exited'],
      ['start', 'running'],
      ['pause', 'paused'],
      ['stop', 'exited'],
    ] as const) {
      expect((await service[step](ID)).state).toBe(state);
      expect((await service[step](ID)).state).toBe(state);
    }
  });

  test('what is not possible in its state is refused', async () => {
    const { service } = sessionBench();
    await service.create(sessionWish());
    await service.pause(ID);
    expect((await rejectionOf(service.start(ID))).code).toBe('session_state');
    await service.stop(ID);
    expect((await rejectionOf(service.pause(ID))).code).toBe('session_state');
    expect((await rejectionOf(service.resume(ID))).code).toBe('session_state');
  });

  test('one that is not there is told as such', async () => {
    const { service } = sessionBench();
    const asked = [
      service.show(ID),
      service.start(ID),
      service.stop(ID),
      service.pause(ID),
      service.resume(ID),
      service.logs(ID, 10),
      service.delete(ID, 'keep'),
    ];
    const refusals = await Promise.all(asked.map(rejectionOf));
    expect(refusals.map(({ code }) => code)).toEqual(asked.map(() => 'session_not_found'));
  });

  test.each([
    [{ exitCode: 137, outOfMemory: true }, 'exit code 137 (killed; out of memory)'],
    [{ exitCode: 137 }, 'exit code 137 (killed)'],
    [{ exitCode: 0 }, 'exit code 0'],
    [{ exitCode: 127, error: 'no such file' }, 'could not be started: no such file'],
  ])('the end is told: %j', async (how, words) => {
    const { service, containers } = sessionBench();
    await service.create(sessionWish());
    containers.end(ID, how);
    const { reason, exitCode, address } = await service.show(ID);
    expect(reason).toContain(words);
    expect([exitCode, address]).toEqual([how.exitCode, null]);
  });

  test('a profile is kept, unless its end is asked for', async () => {
    const { service, containers } = sessionBench();
    const profile = { volume: 'sallyport-profile-ada', target: '/home/user' };
    await service.create(sessionWish({ profile }));
    expect(containers.plans.get(ID)?.profile?.owner).toEqual({ uid: 1000, gid: 1000 });
    await service.delete(ID, 'keep');
    expect([...containers.volumes.keys()]).toEqual(['sallyport-profile-ada']);
    await service.create(sessionWish({ profile }));
    await service.delete(ID, 'delete');
    expect(containers.volumes.size).toBe(0);
  });
});
