import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Of each endpoint what `src/api/call.ts` needs. */
const ROUTES = Object.fromEntries(
  Object.entries(SERVER_ENDPOINTS).map(([name, { method, path, ...rest }]) => [
    name,
    { method, path, versioned: 'versioned' in rest, idempotent: 'idempotent' in rest },
  ]),
);

const ASSETS = join(import.meta.dirname, 'dist/assets');

/** Compressed copies beside the files: the server compresses nothing while people wait. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    apply: 'build',
    // Not `closeBundle`: that runs after a build that failed, too, and its error would hide the reason.
    async writeBundle() {
      const names = (await readdir(ASSETS)).filter((name) => /\.(js|css|svg)$/.test(name));
      for (const name of names) {
        const content = await readFile(join(ASSETS, name));
        await writeFile(join(ASSETS, `${name}.gz`), gzipSync(content, { level: 9 }));
        await writeFile(join(ASSETS, `${name}.br`), brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  define: { SERVER_ROUTES: JSON.stringify(ROUTES) },
  plugins: [react(), compressAssets()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The policy allows `data:` for pictures alone, and what is inlined is loaded by everybody.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
