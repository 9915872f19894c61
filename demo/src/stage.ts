import { styleText } from 'node:util';
import type { Lab } from '@sallyport/lab/lab';
import type { ServerProcess } from '@sallyport/lab/server-process';

/** Something that was promised, and whether it was seen. */
export interface Kept {
  readonly promise: string;
  readonly kept: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** What the visitor sees. */
export interface Stage {
  say(text: string): void;
  progress(line: string): void;
  chapter(title: string): void;
  /** A command as it is given, before its output. */
  command(text: string): void;
  output(text: string): void;
  /** Tells one thing that was promised, and keeps it for the end. */
  tell(kept: Kept): Kept;
  /** Answers whether all was kept. */
  summary(all: readonly Kept[]): boolean;
  invite(lab: Lab, server: ServerProcess): void;
}

/** Where, and what. The first is tried by `--check`. */
export const TO_TRY = [
  'host -- bin/sallyport network list',
  'host -- bin/sallyport network verify',
  'host -- docker exec browser-a traffic http',
  'host -- nft flush ruleset',
  'host -- bin/sallyport events',
  'wan -- tcpdump -nli wA',
] as const;

export function createStage(): Stage {
  const colour = process.stdout.isTTY;
  const paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string): string =>
    colour ? styleText(style, text) : text;
  const say = (text: string): void => console.log(text);
  return {
    say,
    progress: (line) => say(paint('dim', `  ${line}`)),
    chapter: (title) => say(`\n${paint('bold', title)}`),
    command: (text) => say(paint('dim', `  $ ${text}`)),
    output: (text) => say(text.trimEnd().replaceAll(/^/gm, '    ')),
    tell(kept) {
      const mark = kept.kept ? paint('green', '  ✓') : paint('red', '  ✗');
      say(`${mark} ${kept.promise}: ${kept.seen}`);
      return kept;
    },
    summary(all) {
      const broken = all.filter(({ kept }) => !kept);
      say('');
      if (broken.length === 0) say(paint('green', `All ${all.length} promises kept.`));
      else say(paint('red', `${broken.length} of ${all.length} promises broken.`));
      return broken.length === 0;
    },
    invite({ name }, { url, password }) {
      say(`
Everything stays up until Ctrl-C. The page: ${url}, user admin, password ${password}

In another terminal, in this folder:

${TO_TRY.map((command) => `  npm run lab -- exec --name ${name} ${command}\n`).join('')}`);
    },
  };
}
