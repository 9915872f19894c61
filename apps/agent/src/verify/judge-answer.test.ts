import { describe, expect, it } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import { judgeAnswer } from './judge-answer.ts';

const HOST = new Set(['192.168.4.53', '192.168.4.153', '192.168.56.103']);
const judged = (echo: string, answer: Parameters<typeof judgeAnswer>[0]) =>
  judgeAnswer(answer, { spec: guideSpec(), expected: '192.168.4.153', echo, hostAddresses: HOST });
const saw = (observed: string) => ({ observed, durationMs: 12.6 });

describe('an answer of an echo service', () => {
  it('is right with the egress address, and nothing else', () => {
    expect(judged('http://198.51.100.10/', saw('192.168.4.153'))).toEqual({
      network: 'z_custom_a',
      protocol: 'tcp',
      echo: 'http://198.51.100.10/',
      expected: '192.168.4.153',
      observed: '192.168.4.153',
      ok: true,
      reason: 'http://198.51.100.10/ saw 192.168.4.153',
      durationMs: 13,
    });
    expect(judged('udp://198.51.100.10:7', saw('192.168.4.53'))).toMatchObject({
      protocol: 'udp',
      ok: false,
      reason: 'udp://198.51.100.10:7 saw 192.168.4.53 instead of 192.168.4.153',
    });
    // One that nobody here has is as wrong, except for name servers.
    expect(judged('stun://198.51.100.10', saw('203.0.113.1')).ok).toBe(false);
  });

  it('may come from a resolver that asks in its own name, unless that is this host', () => {
    expect(judged('dns:///who.example', saw('203.0.113.53'))).toMatchObject({
      protocol: 'dns',
      ok: true,
      observed: '203.0.113.53',
    });
    expect(judged('dns:///who.example', saw('192.168.4.53'))).toMatchObject({ ok: false });
  });

  it('that did not come is no proof', () => {
    expect(judged('dns:///who.example', { failure: 'no answer', durationMs: 3 })).toMatchObject({
      ok: false,
      observed: null,
      reason: 'no answer',
    });
  });
});
