const TESTS = '\\.test\\.ts$';
const WORLD = '^(node:)?(child_process|dgram|dns|fs|http|http2|https|net|tls)(/promises)?$';

/** @param {string} name @param {object} from @param {object} to */
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

/** Who may import whom; ARCHITECTURE.md draws it. */
export default {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid('no-unresolved', {}, { couldNotResolve: true }),
    forbid(
      'core-imports-zod-and-ipaddr-only',
      { path: '^packages/core/', pathNot: TESTS },
      { pathNot: '^(packages/core/|node_modules/(zod|ipaddr\\.js)/)' },
    ),
    forbid(
      'contract-imports-core-and-zod-only',
      { path: '^packages/contract/', pathNot: ['/generate\\.ts$', TESTS] },
      { pathNot: '^(packages/(core|contract)/|node_modules/zod/)' },
    ),
    forbid(
      'packages-never-import-their-users',
      { path: '^packages/' },
      { path: '^(apps|lab|images|demo|e2e|bench|scripts)/' },
    ),
    forbid(
      'apps-never-import-apps',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    forbid(
      'apps-import-tools-in-tests-only',
      { path: '^apps/[^/]+/src/', pathNot: TESTS },
      {
        path: '^(lab|images|demo|e2e|bench|scripts)/|^apps/[^/]+/test/|/node_modules/(vitest|fast-check)/',
      },
    ),
    forbid(
      'tools-start-apps-as-programs',
      { path: '^(lab|images|demo|e2e|bench)/' },
      { path: '^apps/' },
    ),
    forbid('lab-stands-alone', { path: '^lab/' }, { path: '^(images|demo|e2e|bench)/' }),
    forbid(
      'planning-is-pure',
      { path: '^apps/agent/src/plan/', pathNot: TESTS },
      {
        path: '^apps/agent/src/(adapters|api|execute|observe|reconcile)/',
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'planning-touches-nothing',
      { path: '^apps/agent/src/plan/', pathNot: TESTS },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      // Processes, sockets and files. The probe is a program of its own, run in another namespace.
      'the-world-behind-adapters',
      {
        path: '^apps/agent/src/',
        pathNot: [
          '^apps/agent/src/adapters/',
          '^apps/agent/src/(main|run-agent|config)\\.ts$',
          // The installer is nothing but files and systemctl, and runs once, without the agent.
          '^apps/agent/src/install/',
          '^apps/agent/src/verify/(ask-echo|probe-main)\\.ts$',
          TESTS,
        ],
      },
      { path: [WORLD, 'node_modules/undici/'] },
    ),
    forbid(
      'adapters-are-composed-in-one-place',
      {
        path: '^apps/agent/src/',
        pathNot: ['^apps/agent/src/(adapters/|compose|run-agent|cleanup)', TESTS],
      },
      { path: '^apps/agent/src/adapters/', dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'openapi\\.json$|^apps/web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
