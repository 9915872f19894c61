import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * Runs a program, with the signals of this process passed on to it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & {
 *   onStart?: (child: import('node:child_process').ChildProcess) => void
 * }} options
 * @returns {Promise<number>} its exit code as a shell has it: 128 and the number of the signal where
 *   one ended the program
 */
export async function runAndPass(program, args, { onStart, ...options }) {
  const child = spawn(program, args, options);
  onStart?.(child);
  const passed = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    // Ctrl-C goes to every process of the foreground group: the child has it already, and a second
    // one would interrupt the clean-up that the first one began. npm passes it on once more.
    if (signal !== 'SIGINT' || !isForeground()) child.kill(signal);
  };
  for (const signal of passed) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
      );
    });
  } finally {
    for (const signal of passed) process.off(signal, pass);
  }
}

/** Whether a terminal sends its signals to this process: proc(5), fields pgrp and tpgid of stat. */
function isForeground() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The name in parentheses may hold blanks; what follows it may not.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return false;
  }
}
