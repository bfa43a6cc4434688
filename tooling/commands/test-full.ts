/** `npm run test:full`: the long proofs, with their results written to infra/load/RESULTS.md. Names choose some of them. */
import { buildProduct } from '../product/build.ts';
import { runScript } from '../process/run-script.ts';
import { step } from '../terminal/progress.mjs';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(async () => {
  await step('build', (note) => buildProduct({ note }));
  return runScript('infra/load/run-proofs.ts', process.argv.slice(2));
});
