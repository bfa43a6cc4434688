/** `npm run check`: everything that can be said about the code without running it. Changes nothing that git tracks. */
import { runCommand } from '../terminal/run-command.ts';
import { runChecks } from '../checks/run-checks.ts';

await runCommand(async () => {
  const { failed } = await runChecks();
  return failed === 0 ? 0 : 1;
});
