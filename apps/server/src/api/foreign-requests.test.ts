import type { ServerEndpoint } from '@sallyport/contract/server/endpoint';
import { SERVER_ENDPOINTS, type ServerEndpointName } from '@sallyport/contract/server/endpoints';
import { expect, test } from 'vitest';
import { makeStage } from '../../test/stage.ts';

/** Everything that changes something, from the contract: a new endpoint is tried, too. */
const CHANGING = (Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[])
  .map((name): ServerEndpoint => SERVER_ENDPOINTS[name])
  .filter(({ method }) => method !== 'GET')
  .map(({ method, path, access }) => ({ method, path: path.replace(/\{\w+\}/g, 'x'), access }));

test('no change by cookie alone, whatever the endpoint; and none from another site', async () => {
  const stage = await makeStage();
  const { cookie = '', csrf = '' } = await stage.signIn('admin', stage.adminPassword);
  expect(CHANGING.length).toBeGreaterThan(25);
  for (const { method, path, access } of CHANGING) {
    const refused = { path, json: expect.objectContaining({ code: 'foreign_request' }) as unknown };
    const send = async (sender: object, headers: Record<string, string>) => {
      const answer = await stage.call(sender, { method, path, headers });
      return { path, json: answer.json<{ code: string }>() };
    };
    if (access !== 'public') expect(await send({ cookie }, {})).toEqual(refused);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect(await send({ cookie, csrf }, headers)).toEqual(refused);
    }
  }
  // The control: the same sender is let in with the token, from this origin.
  const me = await stage.call({ cookie }, { method: 'GET', path: '/api/v1/me' });
  expect(me.statusCode).toBe(200);
  const out = { method: 'POST', path: '/api/v1/sign-out' } as const;
  expect((await stage.call({ cookie, csrf }, out)).statusCode).toBe(200);
});

test('changes are never made by GET, which links and pictures send', () => {
  const verbs = /\/(start|stop|pause|resume|keepalive|verify|ticket|open|sign-out|changes)$/;
  const read = (Object.keys(SERVER_ENDPOINTS) as ServerEndpointName[])
    .map((name): ServerEndpoint => SERVER_ENDPOINTS[name])
    .filter(({ method }) => method === 'GET')
    .map(({ path }) => path);
  // The one exception reads: it walks the chain of the log.
  expect(read.filter((path) => verbs.test(path))).toEqual(['/api/v1/audit/verify']);
  expect(read.filter((path) => path !== '/api/v1/audit/verify').length).toBeGreaterThan(15);
});
