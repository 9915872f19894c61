import { JsonInput } from '@mantine/core';
import { texts } from '../texts.ts';

/** The object that a text holds; null: it holds none. */
export function readJsonObject(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

interface JsonFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** An editor of a JSON object that says at once when the text is none. */
export function JsonField({ label, description, value, onChange }: JsonFieldProps) {
  return (
    <JsonInput
      label={label}
      description={description}
      autosize
      minRows={3}
      formatOnBlur
      value={value}
      onChange={onChange}
      error={readJsonObject(value) === null && texts.images.badJson}
    />
  );
}
