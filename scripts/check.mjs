// Everything that can be said of the code without running it. All steps run; any failure fails.
import { spawnSync } from 'node:child_process';

const node = process.execPath;
const bin = (name) => `node_modules/.bin/${name}`;

const STEPS = [
  ['format', bin('biome'), ['format', '.']],
  ['types', node, [bin('tsc'), '-p', '.']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '.']],
  ['imports', node, [bin('depcruise'), '--config', '.dependency-cruiser.mjs', 'packages', 'apps', 'lab', 'demo', 'bench', 'e2e']],
  ['dead code', node, [bin('knip')]],
  ['generated', node, ['scripts/generate.mjs', '--check']],
];

let failed = 0;
for (const [name, program, args] of STEPS) {
  const begun = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`ok      ${name} (${seconds} s)`);
    continue;
  }
  failed += 1;
  console.log(`FAILED  ${name} (${seconds} s)\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
}
process.exitCode = failed === 0 ? 0 : 1;
