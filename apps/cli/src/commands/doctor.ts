import type { Finding } from '@sallyport/contract/host';
import { defineCommand } from '../command.ts';
import { type Style, stateWord } from '../style.ts';

export const doctor = defineCommand({
  description:
    'Checks the kernel, nft, Docker, forwarding, br_netfilter, reverse-path filters and the rules of\n' +
    'others, and gives the remedy for each finding. Ends with 1 where one is an error.',
  options: {},
  examples: ['sallyport doctor', 'sallyport doctor --json | jq \'.[] | select(.level != "ok")\''],
  run: async ({ call, during, style }) => {
    const findings = await during('Examining the host', call('doctor', {}));
    return {
      json: findings,
      exit: findings.some(({ level }) => level === 'error') ? 1 : 0,
      text: () => renderFindings(style, findings),
    };
  },
});

function renderFindings(style: Style, findings: readonly Finding[]): string {
  const names = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, message, remedy }) => {
    const mark = stateWord(style, level) + ' '.repeat('warning'.length - level.length);
    const line = `${mark}  ${check.padEnd(names)}  ${message}`;
    const indent = ' '.repeat('warning'.length + names + 4);
    return level === 'ok' || remedy === '' ? [line] : [line, `${indent}${remedy}`];
  });
  return [...lines, '', summary(findings), ''].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['level']): number =>
    findings.filter(({ level }) => level === wanted).length;
  const errors = count('error');
  const warnings = count('warning');
  if (errors + warnings === 0) return `All ${findings.length} checks are well.`;
  return `${findings.length} checks: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
