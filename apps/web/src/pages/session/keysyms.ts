/** What a keyboard on the screen tells of: `InputEvent` (Input Events Level 2), as far as it is used. */
interface Typed {
  readonly inputType: string;
  readonly data: string | null;
}

const BACK_SPACE = 0xff08;
const RETURN = 0xff0d;
const DELETE = 0xffff;
const TAB = 0xff09;

const ACTS: Readonly<Record<string, number>> = {
  deleteContentBackward: BACK_SPACE,
  deleteContentForward: DELETE,
  insertLineBreak: RETURN,
  insertParagraph: RETURN,
};

/** Pure. The keys that would have typed this, as keysyms of X (keysymdef.h). */
export function keysymsOf({ inputType, data }: Typed): readonly number[] {
  const act = ACTS[inputType];
  if (act !== undefined) return [act];
  // By code points: a keysym is one.
  return Array.from(data ?? '', keysymOf);
}

/** Latin-1 has the numbers of its characters; everything else those of Unicode, marked. */
function keysymOf(character: string): number {
  if (character === '\n') return RETURN;
  if (character === '\t') return TAB;
  const point = character.codePointAt(0) ?? 0;
  const isLatin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return isLatin1 ? point : 0x0100_0000 + point;
}
