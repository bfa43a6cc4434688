/**
 * `npm run db:diff`: prints the SQL between the database and prisma/schema and fails when there is any. The database is
 * that of DATABASE_URL, or else a new one with every migration applied: then it says whether the migrations are complete.
 */
import { runCommand } from '../terminal/run-command.ts';
import { runOnDatabase } from '../product/run-on-database.ts';

await runCommand(() => runOnDatabase('diff'));
