import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { type Answers, type Asked, startFake } from './fake-contract.ts';

export interface FakeServer {
  readonly url: string;
  readonly asked: readonly Asked<ServerEndpointName>[];
  readonly close: () => void;
}

/** A server that answers what the test says. */
export async function startFakeServer(answers: Answers<ServerEndpointName>): Promise<FakeServer> {
  const { port, asked, close } = await startFake({
    endpoints: SERVER_ENDPOINTS,
    answers,
    listen: { host: '127.0.0.1', port: 0 },
    cookies: ['sallyport=the-login; Path=/; HttpOnly; SameSite=Lax'],
  });
  return { url: `http://127.0.0.1:${port}`, asked, close };
}
