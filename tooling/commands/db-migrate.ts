/** `npm run db:migrate`: brings the database of DATABASE_URL, or else the one that `npm start` runs, to the newest migration. */
import { runCommand } from '../terminal/run-command.ts';
import { runOnDatabase } from '../product/run-on-database.ts';

await runCommand(() => runOnDatabase('migrate'));
