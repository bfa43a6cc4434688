/** `npm run env:example`: writes .env.example from the configuration schemas of the processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { envExample } from '../product/env-example.ts';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(async () => {
  writeFileSync(join(root, '.env.example'), await envExample());
  return 0;
});
