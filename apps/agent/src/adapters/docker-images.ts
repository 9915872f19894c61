import { createInterface } from 'node:readline';
import { SallyportError } from '@sallyport/contract/errors';
import * as z from 'zod';
import type { PullStep, SessionContainers } from '../ports/sessions.ts';
import type { DockerClient } from './docker-client.ts';
import { parseImages, pullLineSchema } from './docker-session-schema.ts';

/** Images of Docker, listed and pulled. */
export function imageHolding(client: DockerClient): Pick<SessionContainers, 'images' | 'pull'> {
  return {
    images: async () => parseImages(await client.send({ method: 'GET', path: '/images/json' })),

    async *pull(image, credentials, signal) {
      const reference = withTag(image);
      const answer = await client.stream({
        method: 'POST',
        path: `/images/create?fromImage=${encodeURIComponent(reference)}`,
        signal,
        ...(credentials !== null && {
          headers: {
            'x-registry-auth': Buffer.from(JSON.stringify(credentials)).toString('base64url'),
          },
        }),
      });
      for await (const line of createInterface({ input: answer })) yield pullStep(line, image);
      const held = await client.send({
        method: 'GET',
        path: `/images/${encodeURIComponent(reference)}/json`,
      });
      return z.object({ Id: z.string() }).parse(held).Id;
    },
  };
}

/** Without a tag Docker would pull every one that there is. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.includes(':') || image.includes('@') ? image : `${image}:latest`;
}

/** What goes wrong after the head is told in a line. */
function pullStep(line: string, image: string): PullStep {
  const { status = '', id, progressDetail, error } = pullLineSchema.parse(JSON.parse(line));
  if (error !== undefined) {
    throw new SallyportError('docker_refused', `Docker could not pull ${image}: ${error}`);
  }
  const { current, total } = progressDetail ?? {};
  const known = current !== undefined && total !== undefined && total > 0;
  const percent = known ? Math.round((current / total) * 1000) / 10 : null;
  return { layer: id ?? null, status, percent };
}
