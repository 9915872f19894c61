import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDPOINTS, type EndpointName } from '@sallyport/contract/endpoints';
import { type Asked, type Answers as AnswersOf, startFake } from './fake-contract.ts';

export type Answers = AnswersOf<EndpointName>;

export interface FakeAgent {
  readonly socket: string;
  readonly asked: readonly Asked<EndpointName>[];
  readonly close: () => Promise<void>;
}

/** An agent that answers what the test says. */
export async function startFakeAgent(answers: Answers): Promise<FakeAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  const socket = join(folder, 'agent.sock');
  const fake = await startFake({ endpoints: ENDPOINTS, answers, listen: { path: socket } });
  return {
    socket,
    asked: fake.asked,
    close: async () => {
      fake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
