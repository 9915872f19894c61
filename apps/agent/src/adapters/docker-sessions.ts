import { posix } from 'node:path';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import type {
  SessionContainer,
  SessionContainerPlan,
  SessionContainers,
  SessionProfile,
} from '../ports/sessions.ts';
import { containerName, PROFILE_LABEL, SESSION_LABEL } from '../sessions/labels.ts';
import { createDockerClient, type DockerClient, refusedWith } from './docker-client.ts';
import { imageHolding } from './docker-images.ts';
import { launching } from './docker-launch.ts';
import { readDockerLogs } from './docker-logs.ts';
import { renderContainer } from './docker-session-body.ts';
import { parseSessionContainer } from './docker-session-schema.ts';
import { renderTarDirectory } from './tar-directory.ts';

/** Stopping takes up to STOP_SECONDS each, and must not keep others waiting. */
const AT_ONCE = 16;
const STOP_SECONDS = 10;
const SESSION_ID = /^[0-9a-f-]{36}$/i;

/** @param dockerHost `unix:///path` */
export function createDockerSessions(dockerHost: string): SessionContainers {
  const client = createDockerClient(dockerHost, AT_ONCE);
  const { send, getOrNull, stream } = client;

  const find = async (id: string): Promise<SessionContainer | null> => {
    // An image may have any text as this label, and the id becomes a part of a path.
    if (!SESSION_ID.test(id)) return null;
    const answer = await getOrNull(`/containers/${containerName(id)}/json`);
    if (answer === null) return null;
    const container = parseSessionContainer(answer);
    // Somebody else's container of that name is none of ours.
    return container.labels[SESSION_LABEL] === id ? container : null;
  };
  const known = async (id: string): Promise<SessionContainer> => {
    const container = await find(id);
    if (container === null) throw refused(id, 'is gone');
    return container;
  };
  /** Acts by Docker's own id, so that a name that was given anew in between can't be hit. */
  const act = async (id: string, what: string): Promise<void> => {
    const container = await known(id);
    try {
      await send({ method: 'POST', path: `/containers/${container.containerId}/${what}` });
    } catch (error) {
      if (refusedWith(error, 404)) throw refused(id, 'is gone');
      if (!refusedWith(error, 409)) throw error;
      throw refused(id, `is ${container.state}, and Docker refused: ${error.message}`);
    }
  };

  return {
    ...imageHolding(client),
    ...launching(client, known),
    find,

    async list() {
      const filters = encodeURIComponent(JSON.stringify({ label: [SESSION_LABEL] }));
      const answer = await send({
        method: 'GET',
        path: `/containers/json?all=1&filters=${filters}`,
      });
      const listed = z.array(z.object({ Labels: z.record(z.string(), z.string()) })).parse(answer);
      const found = await Promise.all(
        listed.map(({ Labels }) => find(Labels[SESSION_LABEL] ?? '')),
      );
      // One that was removed in between is not there any more.
      return found
        .filter((container) => container !== null)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },

    async create(plan) {
      if (plan.profile !== null) await ensureProfile(client, plan.profile.volume);
      const created = await createContainer(client, plan);
      if (plan.profile === null) return;
      try {
        await giveProfile(client, created, plan.profile);
      } catch (error) {
        await send({ method: 'DELETE', path: `/containers/${created}?force=1&v=1` });
        throw error;
      }
    },

    // Docker answers 304 where it runs already.
    start: (id) => act(id, 'start'),

    async stop(id) {
      const container = await find(id);
      // A frozen process can't end by SIGTERM.
      if (container?.state === 'paused') await act(id, 'unpause');
      await act(id, `stop?t=${STOP_SECONDS}`);
    },

    async pause(id) {
      if ((await find(id))?.state !== 'paused') await act(id, 'pause');
    },

    async resume(id) {
      const state = (await find(id))?.state;
      if (state === 'running') return;
      // Docker calls this an error of its own (500).
      if (state !== 'paused') throw refused(id, `is not paused, but ${state ?? 'gone'}`);
      await act(id, 'unpause');
    },

    async remove(id) {
      const container = await find(id);
      if (container === null) return;
      try {
        const path = `/containers/${container.containerId}?force=1&v=1`;
        await send({ method: 'DELETE', path });
      } catch (error) {
        // 409: it is being removed already.
        if (!refusedWith(error, 404) && !refusedWith(error, 409)) throw error;
      }
    },

    async removeProfile(volume) {
      if (!(await isOurs(client, volume))) return;
      try {
        await send({ method: 'DELETE', path: `/volumes/${encodeURIComponent(volume)}` });
      } catch (error) {
        if (!refusedWith(error, 404)) throw error;
      }
    },

    async logs(id, lines) {
      const container = await known(id);
      const path = `/containers/${container.containerId}/logs?stdout=1&stderr=1&tail=${lines}`;
      return readDockerLogs(await stream({ method: 'GET', path }));
    },
  };
}

async function createContainer(
  { send }: DockerClient,
  plan: SessionContainerPlan,
): Promise<string> {
  try {
    const path = `/containers/create?name=${encodeURIComponent(plan.name)}`;
    const answer = await send({ method: 'POST', path, body: renderContainer(plan) });
    return z.object({ Id: z.string() }).parse(answer).Id;
  } catch (error) {
    if (refusedWith(error, 409)) {
      throw new SallyportError('session_exists', `Docker has a container ${plan.name} already.`, {
        remedy: `See what it is: docker inspect ${plan.name}`,
        cause: error,
      });
    }
    if (refusedWith(error, 404) && error.message.includes('No such image')) {
      throw new SallyportError('image_not_found', `Docker has no image ${plan.image}.`, {
        remedy: 'Pull or build it first.',
        cause: error,
      });
    }
    throw error;
  }
}

/** A volume of that name that somebody else has made may lead anywhere on the host. */
async function ensureProfile(client: DockerClient, volume: string): Promise<void> {
  const body = { Name: volume, Labels: { [PROFILE_LABEL]: 'true' } };
  await client.send({ method: 'POST', path: '/volumes/create', body });
  if (await isOurs(client, volume)) return;
  throw new SallyportError(
    'session_refused',
    `The Docker volume ${volume} was not made for a profile.`,
    { remedy: 'Name another, or remove it: docker volume rm' },
  );
}

async function isOurs({ getOrNull }: DockerClient, volume: string): Promise<boolean> {
  const answer = await getOrNull(`/volumes/${encodeURIComponent(volume)}`);
  const schema = z.object({ Labels: z.record(z.string(), z.string()).nullish() });
  return answer !== null && schema.parse(answer).Labels?.[PROFILE_LABEL] === 'true';
}

/**
 * Docker gives a new volume the owner that the image has at its place, and root where it has nothing
 * there. Docker itself unpacks the new owner over it: the agent may not touch the files of others.
 */
async function giveProfile(
  { send }: DockerClient,
  containerId: string,
  { target, owner }: SessionProfile,
): Promise<void> {
  const place = encodeURIComponent(posix.dirname(target));
  await send({
    method: 'PUT',
    path: `/containers/${containerId}/archive?path=${place}`,
    body: renderTarDirectory(posix.basename(target), { ...owner, mode: 0o750 }),
  });
}

function refused(id: string, how: string): SallyportError {
  return new SallyportError('session_state', `The session ${id} ${how}.`);
}
