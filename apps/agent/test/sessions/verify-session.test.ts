import { expect, test } from 'vitest';
import { parseIpv6 } from '@sallyport/core/ipv6';
import type { ProbeAnswer } from '../../src/ports/prober.ts';
import type { Link, Routing } from '../../src/ports/routing.ts';
import { SessionVerifier } from '../../src/sessions/verify-session.ts';
import { GUIDE_LINKS, guideSpec } from '../guide-host.ts';
import { ID, rejectionOf, sessionBench, sessionWish } from './bench.ts';

const HTTP = 'http://198.51.100.10/';
const HTTP6 = 'http://[2001:db8:100::10]/';
const DNS = 'dns:///whoami.example';
const NOW = 1_700_000_000_000;
const spec = guideSpec({ dns: ['9.9.9.9' as never] });

/** A running session, and echo services that answer so. */
async function verifierOf(
  answers: Readonly<Record<string, ProbeAnswer>>,
  changes: Partial<typeof spec> = {},
) {
  const bench = sessionBench();
  await bench.service.create(sessionWish());
  const asked: { readonly pid: number; readonly dns: readonly string[] }[] = [];
  /** What happens while the probe asks. */
  const during = { work: async (): Promise<unknown> => undefined };
  const links: readonly Link[] = GUIDE_LINKS;
  const verifier = new SessionVerifier({
    find: (id) => bench.service.find(id),
    findNetwork: () => ({ ...spec, ...changes }),
    leases: () => [],
    routing: { observe: async () => ({ links, routes: [], rules: [] }) } as unknown as Routing,
    ask: async (pid, questions) => {
      asked.push(...questions.map(({ dns }) => ({ pid, dns })));
      await during.work();
      return questions.map(({ echo }) => answers[echo] ?? { failure: 'silence', durationMs: 1 });
    },
    echo: Object.keys(answers),
    dns: ['192.0.2.53'],
    now: () => NOW,
    sleep: async () => undefined,
  });
  const verify = () => verifier.verify(ID, new AbortController().signal);
  return { ...bench, verify, asked, during };
}

const saw = (observed: string): ProbeAnswer => ({ observed, durationMs: 1 });
const RIGHT = '192.168.4.153';

test('what an echo service saw is compared with the egress address', async () => {
  const { verify, asked, service } = await verifierOf({ [HTTP]: saw(RIGHT) });
  expect(await verify()).toEqual({
    ok: true,
    expected: [RIGHT],
    observed: RIGHT,
    at: NOW,
    reason: `${HTTP} saw ${RIGHT}`,
  });
  expect(asked).toEqual([{ pid: (await service.find(ID)).pid, dns: ['9.9.9.9'] }]);
});

test('one wrong answer is enough, whatever the others say', async () => {
  const wrong = '192.168.4.53';
  const { verify } = await verifierOf({
    [HTTP]: saw(RIGHT),
    'stun://198.51.100.10': saw(wrong),
    'udp://198.51.100.10:7': { failure: 'silence', durationMs: 1 },
  });
  expect(await verify()).toMatchObject({ ok: false, observed: wrong });
});

test('silence is no proof', async () => {
  const { verify } = await verifierOf({ [HTTP]: { failure: 'silence', durationMs: 1 } });
  expect(await verify()).toMatchObject({ ok: false, observed: null, reason: 'silence' });
});

test('a name that was resolved is no proof by itself', async () => {
  const { verify } = await verifierOf({ [DNS]: saw('203.0.113.9') });
  expect(await verify()).toMatchObject({ ok: false, observed: null });
});

test('both families are asked where the network has both', async () => {
  const ours = parseIpv6('2001:db8:4::53');
  const egress = { ...spec.egress, ipv6: [ours] };
  const answers = { [HTTP]: saw(RIGHT), [HTTP6]: saw('2001:db8:4::1') };
  const both = await verifierOf(answers, { egress });
  expect(await both.verify()).toMatchObject({ ok: false, expected: [RIGHT, ours] });
  const one = await verifierOf(answers);
  expect(await one.verify()).toMatchObject({ ok: true, expected: [RIGHT] });
});

test('the name servers are those that the container has', async () => {
  const { verify, asked } = await verifierOf({ [HTTP]: saw(RIGHT) }, { dns: [] });
  await verify();
  expect(asked[0]?.dns).toEqual(['192.0.2.53']);
});

test('one that was started anew meanwhile was not asked', async () => {
  const { verify, during, service } = await verifierOf({ [HTTP]: saw(RIGHT) });
  during.work = async () => {
    await service.stop(ID);
    await service.start(ID);
  };
  expect((await rejectionOf(verify())).code).toBe('session_state');
});

test('one that does not run can not be asked, and a paused one can', async () => {
  const { verify, service, asked } = await verifierOf({ [HTTP]: saw(RIGHT) });
  await service.pause(ID);
  expect((await verify()).ok).toBe(true);
  await service.stop(ID);
  expect((await rejectionOf(verify())).code).toBe('session_state');
  expect(asked).toHaveLength(1);
});

test('without an echo service nobody can be asked', async () => {
  const { verify } = await verifierOf({});
  expect((await rejectionOf(verify())).code).toBe('no_echo_service');
});
