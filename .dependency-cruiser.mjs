const outside = (path) => ({ pathNot: path });

/** Who may import whom; ARCHITECTURE.md draws it. */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/core/src', pathNot: '\\.test\\.ts$' },
      to: outside('^(packages/core/|node_modules/(zod|ipaddr\\.js)/)'),
    },
    {
      name: 'contract-imports-core-only',
      severity: 'error',
      from: { path: '^packages/contract/src', pathNot: '(\\.test|/generate)\\.ts$' },
      to: outside('^(packages/(core|contract)/|node_modules/zod/)'),
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'tools-do-not-import-apps',
      severity: 'error',
      from: { path: '^(lab|demo|e2e)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'planning-is-pure',
      severity: 'error',
      from: { path: '^apps/agent/src/plan/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps/agent/src/(adapters|api|execute|reconcile)/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'planning-touches-nothing',
      severity: 'error',
      from: { path: '^apps/agent/src/plan/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-world-behind-adapters',
      comment: 'processes, sockets and files; the probe is a program of its own',
      severity: 'error',
      from: {
        path: '^apps/agent/src/',
        pathNot: '^apps/agent/src/(adapters/|main|run-agent|config|verify/ask-echo|verify/probe-main)|\\.test\\.ts$',
      },
      to: { path: '^(node:)?(child_process|net|http|https|dgram|fs|fs/promises)$|node_modules/undici/' },
    },
    {
      name: 'adapters-are-composed-in-one-place',
      severity: 'error',
      from: { path: '^apps/agent/src/', pathNot: '^apps/agent/src/(adapters/|compose|run-agent)' },
      to: { path: '^apps/agent/src/adapters/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'], extensions: ['.ts', '.mjs', '.js', '.json'] },
    exclude: { path: 'openapi\\.json$' },
  },
};
