/** Writes the OpenAPI document: `node generate.ts [FILE]`, by default openapi.json of this package. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { buildOpenApi } from './openapi.ts';

const file = process.argv[2] ?? fileURLToPath(new URL('../openapi.json', import.meta.url));
await writeFile(file, `${JSON.stringify(buildOpenApi(packageJson.version), null, 2)}\n`);
