import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, effectiveSettings } from './group-settings.ts';

const all = { name: 'everyone', priority: 1000, settings: { maxSessions: 2, sharing: true } };
const staff = { name: 'staff', priority: 10, settings: { maxSessions: 7 } };

test('without groups the defaults hold', () => {
  expect(effectiveSettings([])).toEqual(DEFAULT_SETTINGS);
});

test('each setting comes from the strongest group that has it', () => {
  const expected = { ...DEFAULT_SETTINGS, maxSessions: 7, sharing: true };
  expect(effectiveSettings([all, staff])).toEqual(expected);
  expect(effectiveSettings([staff, all])).toEqual(expected);
});

test('a limit that is lifted on purpose is not taken for absent', () => {
  const strict = { name: 'strict', priority: 50, settings: { sessionTimeLimit: 60 } };
  const free = { name: 'free', priority: 5, settings: { sessionTimeLimit: null } };
  expect(effectiveSettings([strict, free]).sessionTimeLimit).toBeNull();
});

test('among equals the name decides, not the order of rows', () => {
  const a = { name: 'a', priority: 1, settings: { maxSessions: 1 } };
  const b = { name: 'b', priority: 1, settings: { maxSessions: 2 } };
  expect(effectiveSettings([a, b]).maxSessions).toBe(1);
  expect(effectiveSettings([b, a]).maxSessions).toBe(1);
});
