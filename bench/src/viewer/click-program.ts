/**
 * A program of the desktop that fills its terminal with another colour at each press of a button: what a click
 * changes is one rectangle. xterm(1), "Mouse Tracking": a press is ESC [ M and a byte of 32 plus the button.
 */
const COLOURS = ['41', '44'];
let presses = 0;

function fill(): void {
  process.stdout.write(`\x1b[${COLOURS[presses % COLOURS.length]}m\x1b[2J`);
}

process.stdin.setRawMode(true);
process.stdin.on('data', (bytes) => {
  if (!bytes.toString('latin1').includes('\x1b[M ')) return;
  presses += 1;
  fill();
});
// No cursor that blinks, and presses are told.
process.stdout.write('\x1b[?25l\x1b[?1000h');
fill();
