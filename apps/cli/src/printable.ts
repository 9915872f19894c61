/**
 * Characters that a terminal obeys instead of showing: C0 and C1 controls with DEL (ECMA-48; ESC and
 * CSI begin sequences that move the cursor or set the title), line separators, and the marks that
 * turn the direction of text and so can make it read as something else (Unicode TR 36).
 */
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex -- finding them is what it is for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/** The text with everything shown that a terminal would obey; on one line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same for every string in a JSON value. Agents tell what Docker, rules and callers told them. */
export function printableDeep<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T & string;
  if (Array.isArray(value)) return value.map((item: unknown) => printableDeep(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [printable(key), printableDeep(item)] as const,
  );
  return Object.fromEntries(entries) as T;
}

/** JSON text that is safe to look at: JSON.stringify leaves DEL, C1 and direction marks as they are. */
export function printableJson(value: unknown, indent = 2): string {
  // Structure is ASCII, and JSON.stringify escapes C0 within strings: what is left stands in strings.
  const text = JSON.stringify(value, null, indent);
  return text.replace(UNPRINTABLE, (char) =>
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether a terminal would show every character of the text as it is. */
export function isPrintable(text: string): boolean {
  return printable(text) === text;
}

/** YAML text in which whatever is not printable stands in double quotes: escaped, with newlines kept. */
export function printableYaml(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    if (char === '\n') return char;
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
