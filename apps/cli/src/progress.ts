interface Terminal {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** Shorter waits need no word. */
const PATIENCE_MS = 400;
const CLEAR_LINE = '\r\u001b[2K';

/** Says on a terminal what is being waited for, with the seconds, and takes it away at the end. */
export async function during<T>(
  terminal: Terminal,
  sentence: string,
  work: Promise<T>,
): Promise<T> {
  if (terminal.isTTY !== true) return work;
  const began = performance.now();
  let shown = false;
  const timer = setInterval(() => {
    shown = true;
    const seconds = Math.round((performance.now() - began) / 1000);
    terminal.write(`${CLEAR_LINE}${sentence} … ${seconds > 0 ? `${seconds} s` : ''}`);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown) terminal.write(CLEAR_LINE);
  }
}
