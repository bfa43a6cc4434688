/** `npm run build`: builds what changed since the last build. */
import { buildProduct } from '../product/build.ts';
import { step } from '../terminal/progress.mjs';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(async () => {
  await step('build', (note) => buildProduct({ note }));
  return 0;
});
