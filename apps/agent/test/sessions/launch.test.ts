import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { expect, test } from 'vitest';
import { LAUNCH_LABEL } from '../../src/sessions/labels.ts';
import { ID, rejectionOf, sessionBench, sessionWish } from './bench.ts';

const { signal } = new AbortController();
type Launch = NonNullable<SessionCreateInput['launch']>;

async function benchWith(launch: Launch) {
  const bench = sessionBench({ policy: { allowLaunchCommands: true } });
  await bench.service.create(sessionWish({ launch }));
  return bench;
}

test('the command of the first launch is run once in the life of a container', async () => {
  const launch = { firstLaunch: { command: ['unpack'] }, everyStart: { command: ['greet', 'x'] } };
  const { service, containers } = await benchWith(launch);
  expect(await service.launch(ID, signal)).toEqual({ ran: ['firstLaunch', 'everyStart'] });
  await service.stop(ID);
  await service.start(ID);
  expect(await service.launch(ID, signal)).toEqual({ ran: ['everyStart'] });
  expect(containers.ran).toEqual([['unpack'], ['greet', 'x'], ['greet', 'x']]);
});

test('one that failed, or was not seen to end, is run again', async () => {
  const { service, containers } = await benchWith({ firstLaunch: { command: ['false'] } });
  for (const _ of [1, 2]) {
    const refusal = await rejectionOf(service.launch(ID, signal));
    expect(refusal).toMatchObject({ code: 'session_launch_failed' });
    expect(refusal.message).toContain('ended with exit code 1');
  }
  expect(containers.ran).toHaveLength(2);
});

test.each([
  [['never'], 'did not end within 1 seconds'],
  [['missing'], 'could not be run: Docker refused: no such program'],
])('%j ends the launch with its reason', async (command, reason) => {
  const { service } = await benchWith({ everyStart: { command, timeoutSeconds: 1 } });
  const refusal = await rejectionOf(service.launch(ID, signal));
  expect(refusal.code).toBe('session_launch_failed');
  expect(refusal.message).toContain(reason);
});

test('a session can be ended while its command runs', async () => {
  const { service } = await benchWith({ everyStart: { command: ['never'] } });
  const leaving = new AbortController();
  const launched = service.launch(ID, leaving.signal);
  launched.catch(() => undefined);
  expect(await service.stop(ID)).toMatchObject({ state: 'exited' });
  leaving.abort(new Error('nobody waits'));
  await expect(launched).rejects.toThrow('nobody waits');
});

test('commands that an image brings along as a label are none', async () => {
  const { service, containers } = sessionBench();
  await service.create(sessionWish());
  expect(containers.plans.get(ID)?.labels[LAUNCH_LABEL]).toBe('');
  expect(await service.launch(ID, signal)).toEqual({ ran: [] });
});
