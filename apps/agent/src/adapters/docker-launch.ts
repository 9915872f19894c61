import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import type { SessionContainer, SessionContainers } from '../ports/sessions.ts';
import { type DockerClient, refusedWith } from './docker-client.ts';
import { renderTarDirectory } from './tar-directory.ts';

const POLL_MS = 100;
/** In the container's root, which is root's: its user can neither make nor remove it. */
const MARK = '.sallyport-launched';

const madeSchema = z.object({ Id: z.string() });
const execSchema = z.object({ Running: z.boolean(), ExitCode: z.int().nullable() });

/** Commands in a container, by Docker's own `exec`. */
export function launching(
  { send }: DockerClient,
  known: (id: string) => Promise<SessionContainer>,
): Pick<SessionContainers, 'exec' | 'isLaunched' | 'markLaunched'> {
  return {
    async exec(id, command, signal) {
      const { containerId, state } = await known(id);
      if (state !== 'running') {
        throw new SallyportError('session_state', `The session ${id} is ${state}.`);
      }
      // Its output goes nowhere: what a session prints must not fill the agent's memory.
      const body = { Cmd: command, Privileged: false, AttachStdout: false, AttachStderr: false };
      const made = await send({ method: 'POST', path: `/containers/${containerId}/exec`, body });
      const path = `/exec/${madeSchema.parse(made).Id}`;
      await send({ method: 'POST', path: `${path}/start`, body: { Detach: true, Tty: false } });
      for (;;) {
        const { Running, ExitCode } = execSchema.parse(
          await send({ method: 'GET', path: `${path}/json` }),
        );
        if (!Running && ExitCode !== null) return ExitCode;
        await sleep(POLL_MS, undefined, { signal });
      }
    },

    async isLaunched(id) {
      const { containerId } = await known(id);
      try {
        const path = `/containers/${containerId}/archive?path=${encodeURIComponent(`/${MARK}`)}`;
        await send({ method: 'HEAD', path });
        return true;
      } catch (error) {
        if (refusedWith(error, 404)) return false;
        throw error;
      }
    },

    async markLaunched(id) {
      const { containerId } = await known(id);
      const path = `/containers/${containerId}/archive?path=%2F`;
      const body = renderTarDirectory(MARK, { uid: 0, gid: 0, mode: 0o755 });
      await send({ method: 'PUT', path, body });
    },
  };
}
