/** Formats every file of the project: `npm run format [-- FILE…]`. */
import { runTool } from './process.ts';

const files = process.argv.slice(2);
const { code } = await runTool('biome', [
  'format',
  '--write',
  ...(files.length > 0 ? files : ['.']),
]);
process.exitCode = code;
