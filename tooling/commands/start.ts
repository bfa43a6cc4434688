/**
 * `npm start`: the whole product on this machine, from an empty checkout to a page in the browser. `--fresh` begins with
 * empty data. Ctrl-C ends everything.
 */
import { readStartOptions } from '../product/read-start-options.ts';
import { runStart } from '../product/run-start.ts';
import { runCommand } from '../terminal/run-command.ts';

await runCommand(() => runStart({ ...readStartOptions(process.argv.slice(2)), mode: 'built' }));
