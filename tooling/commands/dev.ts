/**
 * `npm run dev`: as `npm start`, but the dashboard is Next's development server, and a changed source file is built and
 * its processes start anew.
 */
import { followChanges } from '../product/follow-changes.ts';
import { readStartOptions } from '../product/read-start-options.ts';
import { runStart } from '../product/run-start.ts';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(() =>
  runStart({ ...readStartOptions(process.argv.slice(2)), mode: 'development', whileRunning: followChanges }),
);
