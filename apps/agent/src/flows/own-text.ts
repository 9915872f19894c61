/**
 * The same text, to be kept for long. V8 makes a piece of a string from 13 characters on a slice, which
 * keeps the whole alive that it was cut from: here all the lines that were read at once.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
