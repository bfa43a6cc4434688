import { writeFile } from 'node:fs/promises';
import { buildOpenApi } from '@turnpike/contracts/openapi';

/** Writes apps/gateway/openapi.json from the contracts. A test fails when the file is out of date. */
await writeFile(new URL('../openapi.json', import.meta.url), `${JSON.stringify(buildOpenApi(), null, 2)}\n`);
