import { parseIpv4 } from '@sallyport/core/ipv4';
import { describe, expect, it } from 'vitest';
import { guideSpec } from '../../test/guide-host.ts';
import { BACK_MS, FallbackChoice } from './fallback-choice.ts';

const SPEC = guideSpec();
const NAMES = { own: '192.0.2.1', first: '192.0.2.2', second: '192.0.2.3' } as const;
type Name = keyof typeof NAMES;

function start() {
  const clock = { now: 1_000 };
  const choice = new FallbackChoice(() => clock.now);
  /** By which it leaves when these can be used. */
  const pick = (...usable: readonly Name[]): Name => {
    const candidates = (Object.keys(NAMES) as Name[]).map((name) => ({
      address: parseIpv4(NAMES[name]),
      router: null,
      usable: usable.includes(name),
    }));
    const address = choice.pick(SPEC, candidates);
    return (Object.keys(NAMES) as Name[]).find((name) => NAMES[name] === address) ?? 'own';
  };
  const later = (milliseconds: number): void => {
    clock.now += milliseconds;
  };
  return { choice, pick, later };
}

describe('a network with fallbacks', () => {
  it('leaves by its own address, and by the first that can stand in for it', () => {
    const { pick } = start();
    expect(pick('own', 'first', 'second')).toBe('own');
    expect(pick('first', 'second')).toBe('first');
    expect(pick('second')).toBe('second');
  });

  it('starts with what can be used, without waiting', () => {
    expect(start().pick('second')).toBe('second');
    expect(start().pick('own', 'second')).toBe('own');
  });

  it('goes back only to an address that was usable for a while without a break', () => {
    const { choice, pick, later } = start();
    pick('own', 'first');
    expect(pick('first')).toBe('first');
    expect(pick('own', 'first')).toBe('first');
    later(BACK_MS - 1);
    expect(pick('own', 'first')).toBe('first');
    // A break begins the while anew.
    expect(pick('first')).toBe('first');
    pick('own', 'first');
    later(BACK_MS - 1);
    expect(choice.isDue()).toBe(false);
    expect(pick('own', 'first')).toBe('first');
    later(1);
    expect(choice.isDue()).toBe(true);
    expect(pick('own', 'first')).toBe('own');
    expect(choice.isDue()).toBe(false);
  });

  it('that can use none stands where its own address would be, and leaves by the first that comes', () => {
    const { pick, later } = start();
    pick('own');
    expect(pick()).toBe('own');
    expect(pick('second')).toBe('second');
    later(1);
    expect(pick()).toBe('own');
    expect(pick('own')).toBe('own');
  });

  it('is forgotten with its network', () => {
    const { choice, pick, later } = start();
    pick('own');
    pick('first');
    later(1);
    choice.keep([]);
    expect(pick('own', 'first')).toBe('own');
  });
});
