import { expect, test } from 'vitest';
import { keysymsOf } from './keysyms.ts';

test('characters are keys of their own, and those beyond Latin-1 are marked', () => {
  const typed = { inputType: 'insertText', data: 'aÄ€😀' };
  expect(keysymsOf(typed)).toEqual([0x61, 0xc4, 0x0100_20ac, 0x0101_f600]);
});

test('what a keyboard does besides typing', () => {
  expect(keysymsOf({ inputType: 'deleteContentBackward', data: null })).toEqual([0xff08]);
  expect(keysymsOf({ inputType: 'insertLineBreak', data: null })).toEqual([0xff0d]);
  expect(keysymsOf({ inputType: 'insertFromPaste', data: 'a\n' })).toEqual([0x61, 0xff0d]);
  expect(keysymsOf({ inputType: 'historyUndo', data: null })).toEqual([]);
});
