import { randomUUID } from 'node:crypto';
import type { SallyportError } from '@sallyport/contract/errors';
import type { SessionCreateInput } from '@sallyport/contract/sessions';
import { describe, expect, test } from 'vitest';
import type { AgentLink } from '../src/agent/agent-link.ts';

/** An agent with an image, a network, and nothing else of ours. */
export interface SessionHost {
  readonly link: AgentLink;
  readonly image: string;
  readonly network: string;
  /** By which sessions on the network leave. */
  readonly address: string;
}

/** What the server relies on, of the agent itself and of the fake that its tests have in its place. */
export function describeSessionHost(name: string, host: () => SessionHost): void {
  const call: AgentLink['as'] extends (actor: string) => infer C ? C : never = (endpoint, input) =>
    host().link.as('tester')(endpoint, input);
  const wishOf = (more: Partial<SessionCreateInput> = {}): SessionCreateInput => ({
    id: randomUUID(),
    image: host().image,
    network: host().network,
    display: null,
    pids: 32,
    memoryBytes: 64 * 1024 * 1024,
    labels: { owner: 'anna', image: 'one' },
    ...more,
  });
  const remove = (id: string) => call('deleteSession', { params: { id }, query: {} });
  const make = async (more: Partial<SessionCreateInput> = {}): Promise<string> =>
    (await call('createSession', { body: wishOf(more) })).id;

  /** By which codes all of these are refused; `none` for one that is not. */
  const codesOf = (asked: readonly Promise<unknown>[]): Promise<readonly string[]> =>
    Promise.all(
      asked.map((one) =>
        one.then(
          () => 'none',
          (error: unknown) => (error as SallyportError).code,
        ),
      ),
    );

  describe(`a host for sessions: ${name}`, () => {
    test('the same wish again is the same session, and its labels are answered', async () => {
      const body = wishOf();
      const made = await call('createSession', { body });
      expect(made).toMatchObject({ id: body.id, state: 'running', labels: body.labels });
      expect((await call('createSession', { body })).containerId).toBe(made.containerId);
      const other = { ...body, pids: 33 };
      await expect(call('createSession', { body: other })).rejects.toMatchObject({
        code: 'session_exists',
      });
      const listed = (await call('listSessions', {})).filter(({ id }) => id === body.id);
      expect(listed).toMatchObject([{ containerId: made.containerId, labels: body.labels }]);
      await remove(body.id);
    });

    test('what can not be is refused by its code, and leaves nothing', async () => {
      const noImage = { body: wishOf({ image: 'no/such:1' }) };
      await expect(call('createSession', noImage)).rejects.toMatchObject({
        code: 'image_not_found',
      });
      const noNetwork = { body: wishOf({ network: 'z_none' }) };
      await expect(call('createSession', noNetwork)).rejects.toMatchObject({
        code: 'network_not_found',
      });
      const params = { id: noImage.body.id };
      const codes = await codesOf([
        call('showSession', { params }),
        call('startSession', { params }),
        call('stopSession', { params }),
        call('pauseSession', { params }),
        call('resumeSession', { params }),
        call('launchSession', { params }),
        call('verifySession', { params }),
        call('sessionLogs', { params, query: {} }),
        remove(params.id),
      ]);
      expect(new Set(codes)).toEqual(new Set(['session_not_found']));
    });

    test('each step of a life can be taken twice', async () => {
      const id = await make();
      const params = { id };
      for (const [step, state] of [
        ['pauseSession', 'paused'],
        ['resumeSession', 'running'],
        ['stopSession', 'exited'],
        ['startSession', 'running'],
      ] as const) {
        expect(await call(step, { params })).toMatchObject({ state });
        expect(await call(step, { params })).toMatchObject({ state });
        expect(await call('showSession', { params })).toMatchObject({ state });
      }
      await remove(id);
      await expect(remove(id)).rejects.toMatchObject({ code: 'session_not_found' });
    });

    test('one that is frozen can be ended, but not started; one that has ended not frozen', async () => {
      const id = await make();
      const params = { id };
      await call('pauseSession', { params });
      await expect(call('startSession', { params })).rejects.toMatchObject({
        code: 'session_state',
      });
      expect(await call('stopSession', { params })).toMatchObject({ state: 'exited' });
      const codes = await codesOf([
        call('pauseSession', { params }),
        call('resumeSession', { params }),
        call('verifySession', { params }),
      ]);
      expect(new Set(codes)).toEqual(new Set(['session_state']));
      await remove(id);
    });

    test('a frozen one can be deleted', async () => {
      const id = await make();
      await call('pauseSession', { params: { id } });
      await remove(id);
      expect((await call('listSessions', {})).filter((one) => one.id === id)).toEqual([]);
    });

    test('its commands are run: once, and again after each start', async () => {
      const run = (...command: string[]) => ({ command, timeoutSeconds: 20 });
      const id = await make({ launch: { firstLaunch: run('true'), everyStart: run('true') } });
      const launch = async () => (await call('launchSession', { params: { id } })).ran;
      expect(await launch()).toEqual(['firstLaunch', 'everyStart']);
      expect(await launch()).toEqual(['everyStart']);
      await call('stopSession', { params: { id } });
      await expect(launch()).rejects.toMatchObject({ code: 'session_state' });
      await call('startSession', { params: { id } });
      expect(await launch()).toEqual(['everyStart']);
      await remove(id);
      const failing = await make({ launch: { firstLaunch: run('false') } });
      await expect(call('launchSession', { params: { id: failing } })).rejects.toMatchObject({
        code: 'session_launch_failed',
      });
      await remove(failing);
    });

    test('it is seen by the address of its network', async () => {
      const id = await make();
      const { address } = host();
      expect(await call('verifySession', { params: { id } })).toMatchObject({
        ok: true,
        expected: [address],
        observed: address,
      });
      await remove(id);
    });
  });
}
