import { Textarea } from '@mantine/core';
import { texts } from '../texts.ts';

/** What a text holds: an object, or why it holds none. */
export type ReadJson = { readonly object: Record<string, unknown> } | { readonly problem: string };

/**
 * Reads a JSON object; an empty text is an empty one. The browser's own sentence says where the text breaks off.
 * @param known the names that the object may have; none given: any
 */
export function readJson(text: string, known?: readonly string[]): ReadJson {
  if (text.trim() === '') return { object: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: texts.json.broken(error instanceof Error ? error.message : String(error)) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: texts.json.noObject };
  }
  const strange = Object.keys(value).find((name) => known?.includes(name) === false);
  if (strange !== undefined) return { problem: texts.json.strange(strange, known ?? []) };
  return { object: value as Record<string, unknown> };
}

/** The object that a text holds; null: it holds none. */
export function readJsonObject(
  text: string,
  known?: readonly string[],
): Record<string, unknown> | null {
  const read = readJson(text, known);
  return 'object' in read ? read.object : null;
}

interface JsonFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** The names that the object may have; none given: any. */
  readonly known?: readonly string[];
  /** What the server has refused. */
  readonly wrong?: string | undefined;
}

/**
 * An editor of a JSON object that says at once what is wrong with the text, and where. It does not lay the
 * text out anew when it is left: it would grow, and what somebody is about to press would move away.
 */
export function JsonField({ label, description, value, onChange, known, wrong }: JsonFieldProps) {
  const read = readJson(value, known);
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={3}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={'problem' in read ? read.problem : wrong}
    />
  );
}
