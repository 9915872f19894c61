import type { SessionView } from '@sallyport/contract/server/sessions';
import { expect, vi } from 'vitest';
import type { Kind } from './databases.ts';
import { networkNamed } from './fake-agent.ts';
import { makeStage, PASSWORD, type Sender, type Stage } from './stage.ts';

export const SESSIONS = '/api/v1/sessions';

/** A server with anna, two networks and an image restricted to the first. */
export interface Scene {
  readonly stage: Stage;
  readonly admin: Sender;
  readonly anna: Sender;
  readonly imageId: string;
}

export async function beginScene({
  kind = 'sqlite',
  image = {},
}: {
  kind?: Kind;
  image?: object;
} = {}): Promise<Scene> {
  const stage = await makeStage(kind);
  for (const [name, address] of [
    ['z_custom_a', '192.168.4.153'],
    ['z_custom_b', '192.168.56.103'],
  ] as const) {
    stage.agent.networks.set(name, networkNamed(name, { egress: { ipv4: [address], ipv6: [] } }));
  }
  const admin = await stage.signIn('admin', stage.adminPassword);
  const made = await stage.call(admin, {
    method: 'POST',
    path: '/api/v1/images',
    body: {
      name: 'Desktop',
      dockerImage: 'desktop:1',
      restrictToNetwork: true,
      networks: ['z_custom_a'],
      ...image,
    },
  });
  await stage.addUser(admin, 'anna');
  const anna = await stage.signIn('anna', PASSWORD);
  return { stage, admin, anna, imageId: made.json<{ id: string }>().id };
}

export async function show({ stage, admin }: Scene, id: string): Promise<SessionView> {
  return (
    await stage.call(admin, { method: 'GET', path: `${SESSIONS}/${id}` })
  ).json<SessionView>();
}

export async function reach(
  scene: Scene,
  id: string,
  state: SessionView['state'],
): Promise<SessionView> {
  return vi.waitFor(async () => {
    const session = await show(scene, id);
    expect(session).toMatchObject({ state });
    return session;
  }, 5_000);
}

export async function start(
  scene: Scene,
  sender: Sender = scene.anna,
  more: object = {},
): Promise<string> {
  const body = { imageId: scene.imageId, ...more };
  const answer = await scene.stage.call(sender, { method: 'POST', path: SESSIONS, body });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
  return answer.json<SessionView>().id;
}

/** An action, and who asks for it: by default anna. */
type Act = readonly [what: string, sender?: Sender];

export async function act(scene: Scene, id: string, [what, sender = scene.anna]: Act) {
  const path = `${SESSIONS}/${id}/${what}`;
  return (await scene.stage.call(sender, { method: 'POST', path })).json<
    SessionView & { code?: string }
  >();
}

export async function remove({ stage, anna }: Scene, id: string, sender = anna) {
  return (await stage.call(sender, { method: 'DELETE', path: `${SESSIONS}/${id}` })).json<{
    code?: string;
  }>();
}
