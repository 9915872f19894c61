/** Writes the OpenAPI document: `node generate.ts [FILE]`, by default openapi.server.json. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { buildServerOpenApi } from './openapi.ts';

const fallback = new URL('../../openapi.server.json', import.meta.url);
const file = process.argv[2] ?? fileURLToPath(fallback);
await writeFile(file, `${JSON.stringify(buildServerOpenApi(packageJson.version), null, 2)}\n`);
