import { expect, test } from 'vitest';
import { type CutSelector, LiveDisplays } from './live-displays.ts';

function stage() {
  const live = new LiveDisplays();
  const cut: string[] = [];
  const add = (name: string, sessionId: string, by: { userId?: string; shareId?: string }) =>
    live.add(
      {
        sessionId,
        userId: by.userId,
        signInId: by.userId && `in-${by.userId}`,
        shareId: by.shareId,
      },
      (reason) => cut.push(`${name} ${reason}`),
    );
  add('ann', 's1', { userId: 'u1' });
  add('bob', 's1', { userId: 'u2' });
  add('guest', 's1', { shareId: 'h1' });
  const leave = add('ann elsewhere', 's2', { userId: 'u1' });
  return { live, cut, leave };
}

test.each<[CutSelector, string[]]>([
  [{ sessionId: 's1' }, ['ann', 'bob', 'guest']],
  [{ userId: 'u1' }, ['ann', 'ann elsewhere']],
  [{ signInId: 'in-u2' }, ['bob']],
  [{ shareId: 'h1' }, ['guest']],
  [{ sessionId: 's2', userId: 'u2' }, []],
  [{ sessionId: 's1', userId: 'u1' }, ['ann']],
  [{}, ['ann', 'bob', 'guest', 'ann elsewhere']],
])('%j cuts %j', (selector, names) => {
  const { live, cut } = stage();
  expect(live.cut(selector, 'right-revoked')).toBe(names.length);
  expect(cut).toEqual(names.map((name) => `${name} right-revoked`));
  expect(live.cut(selector, 'right-revoked')).toBe(0);
});

test('what has ended is neither counted nor cut', () => {
  const { live, cut, leave } = stage();
  expect(live.count('s1')).toBe(3);
  leave();
  expect(live.count('s2')).toBe(0);
  expect(live.cut({ sessionId: 's2' }, 'session-ended')).toBe(0);
  expect(cut).toEqual([]);
});
