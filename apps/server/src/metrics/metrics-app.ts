import { SallyportError } from '@sallyport/contract/errors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Listening } from '../config.ts';
import type { Metrics } from './metrics.ts';

/** Text format 0.0.4 of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers `GET /metrics` to anybody, and nothing else: apart from the people's API, so that no proxy before
 * that one shows it.
 * @throws SallyportError `invalid_input` when the address can't be listened on
 */
export async function listenForMetrics(
  { host, port }: Listening,
  metrics: Pick<Metrics, 'text'>,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  app.get('/metrics', async (_request, reply) =>
    reply.type(CONTENT_TYPE).send(await metrics.text()),
  );
  app.setNotFoundHandler((_request, reply) => {
    void reply.code(404).type('text/plain').send('GET /metrics\n');
  });
  app.setErrorHandler((error, _request, reply) => {
    logger.error(error, 'the metrics could not be told');
    void reply.code(500).type('text/plain').send('see the log of the server\n');
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new SallyportError(
      'invalid_input',
      `--metrics: ${host}:${port} can not be listened on: ${(error as Error).message}`,
      { remedy: 'Give another --metrics HOST:PORT, or leave it out.', cause: error },
    );
  }
  return app;
}
