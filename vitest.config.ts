import { defineConfig } from 'vitest/config';

const everywhere = ['packages', 'apps', 'lab', 'images', 'demo', 'bench', 'e2e', 'scripts'];
const files = (ending: string): string[] => everywhere.map((folder) => `${folder}/**/*${ending}`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: files('.test.ts'),
          exclude: ['**/node_modules/**', ...files('.lab.test.ts')],
        },
      },
      {
        // Real namespaces, real Docker, real packets: one file after the other.
        test: {
          name: 'lab',
          include: files('.lab.test.ts'),
          exclude: ['**/node_modules/**'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
