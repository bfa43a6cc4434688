import { readFile } from 'node:fs/promises';
import { catalogEndpoints, catalogModels, catalogPrices } from '@turnpike/catalog/catalog';
import { createPasswordHasher } from '@turnpike/control/auth/password-hasher';
import { createDatabase } from '@turnpike/db/client';
import { publishCatalog } from '@turnpike/db/publish-catalog';
import { Secret } from '@turnpike/platform/config/secret';
import { digestApiKey, randomBytes } from '@turnpike/platform/crypto/digests';
import { z } from 'zod';
import { parseDemoFacts, type DemoFacts } from './seed/demo-facts.ts';
import { seedDemo } from './seed/seed-demo.ts';

/**
 * `node --conditions=@turnpike/source prisma/seed.ts`, safe to run at every start. Publishes the catalogue. With a
 * DEMO_FILE it also makes the demo organization, or finds it again with the secrets that the file holds from an earlier
 * run, and prints its facts as the last line of its output, one line of JSON.
 */
const environment = z
  .object({
    /** The owner of the tables, or role operator. */
    DATABASE_URL: z.string().min(1),
    /** Role app: the demo is made with the rights of the product itself. */
    APP_DATABASE_URL: z.string().min(1).optional(),
    API_KEY_PEPPER: z.string().min(32).optional(),
    DEMO_FILE: z.string().min(1).optional(),
  })
  .refine(
    (given) =>
      given.DEMO_FILE === undefined || (given.APP_DATABASE_URL !== undefined && given.API_KEY_PEPPER !== undefined),
    'DEMO_FILE needs APP_DATABASE_URL and API_KEY_PEPPER.',
  );

async function seed(): Promise<void> {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) {
    throw new Error(`The seed is not configured. ${z.prettifyError(parsed.error)}`);
  }
  const { DATABASE_URL: url, APP_DATABASE_URL: appUrl, API_KEY_PEPPER: pepper, DEMO_FILE: demoFile } = parsed.data;
  const changes = await publishCatalog(
    { url, poolSize: 1, applicationName: 'turnpike-seed' },
    { models: catalogModels, endpoints: catalogEndpoints(Date.now()), prices: catalogPrices },
  );
  print(`Catalogue: ${catalogModels.length} models; changed ${JSON.stringify(changes)}`);
  if (demoFile !== undefined && appUrl !== undefined && pepper !== undefined) {
    print(JSON.stringify(await makeDemo(appUrl, new Secret(pepper), demoFile)));
  }
}

async function makeDemo(url: string, pepper: Secret, demoFile: string): Promise<DemoFacts> {
  const database = createDatabase({ url, poolSize: 2, applicationName: 'turnpike-seed' });
  try {
    const passwords = createPasswordHasher();
    const known = await readFile(demoFile, 'utf8').then(parseDemoFacts, (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return undefined;
      }
      throw error;
    });
    return await seedDemo(
      database,
      {
        digestApiKey: (key) => digestApiKey(pepper, key),
        hashPassword: (password) => passwords.hash(password),
        randomBytes,
      },
      known,
    );
  } finally {
    await database.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await seed();
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
  process.exitCode = 1;
}
