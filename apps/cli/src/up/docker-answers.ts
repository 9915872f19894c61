import { SallyportError } from '@sallyport/contract/errors';

/** As in transport.ts: not imported, for the sake of every other command's start. */
const http = process.getBuiltinModule('node:http');

const TIMEOUT_MS = 5_000;

/**
 * Asks Docker for a sign of life.
 * @param dockerHost as in DOCKER_HOST
 * @throws SallyportError `docker_unreachable` with what to do
 */
export async function assertDockerAnswers(dockerHost: string): Promise<void> {
  const path = /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
  if (path === undefined) {
    throw new SallyportError('invalid_input', `DOCKER_HOST is ${dockerHost}.`, {
      remedy: 'Sallyport needs the Docker of this host: DOCKER_HOST=unix:///var/run/docker.sock',
    });
  }
  const failure = await ping(path);
  if (failure === null) return;
  const { code = '', message } = failure;
  const [detail, remedy] =
    code === 'ENOENT'
      ? ['its socket is not there', 'Install and start it, on Debian: apt-get install docker.io']
      : [message, 'Start it: systemctl start docker'];
  throw new SallyportError('docker_unreachable', `Docker does not answer at ${path}: ${detail}.`, {
    remedy: `${remedy}\nWhere it listens elsewhere: DOCKER_HOST=unix:///PATH`,
  });
}

function ping(socketPath: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const request = http.get({ socketPath, path: '/_ping', agent: false, timeout: TIMEOUT_MS });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', resolve);
    request.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? null : new Error(`it answered ${answer.statusCode}`));
    });
  });
}
