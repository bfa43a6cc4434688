/** `npm run bench`: bounded loopback load against the gateway and two references; see infra/load/bench.ts for its flags. */
import { buildProduct } from '../product/build.ts';
import { runScript } from '../process/run-script.ts';
import { step } from '../terminal/progress.mjs';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(async () => {
  await step('build', (note) => buildProduct({ note }));
  return runScript('infra/load/bench.ts', process.argv.slice(2));
});
