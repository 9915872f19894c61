import { styleText } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

/** Colours a text, or leaves it where colour is off. */
export type Style = (colour: Colour, text: string) => string;

/** Without `validateStream` Node would decide on its own; the settings have decided already. */
export function createStyle(colour: boolean): Style {
  return (name, text) => (colour ? styleText(name, text, { validateStream: false }) : text);
}

const STATE_COLOURS: Readonly<Record<string, Colour>> = {
  Ready: 'green',
  Pending: 'yellow',
  Blocked: 'red',
  Error: 'red',
  ok: 'green',
  yes: 'green',
  up: 'green',
  warning: 'yellow',
  error: 'red',
  FAILED: 'red',
  down: 'red',
  no: 'yellow',
  running: 'green',
  paused: 'yellow',
  failed: 'red',
  quarantined: 'red',
};

/** A word that says how something stands, in the colour of that. */
export function stateWord(style: Style, word: string): string {
  const colour = STATE_COLOURS[word];
  return colour === undefined ? word : style(colour, word);
}
