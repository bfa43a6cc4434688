import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitUntilReady } from '@turnpike/tooling/child';
import { freePorts } from '@turnpike/tooling/choose-ports';
import { rolePasswordEnvironment, urlForRole } from '@turnpike/tooling/database-roles';
import { gatewayEnvironment, seedEnvironment } from '@turnpike/tooling/environment';
import type { ServiceFacts } from '@turnpike/tooling/environment';
import { removePostgresData, startPostgres } from '@turnpike/tooling/postgres';
import { startRedis } from '@turnpike/tooling/redis';
import { keptSecrets } from '@turnpike/tooling/secrets';
import { createSupervisor, runTask } from '@turnpike/tooling/supervisor';
import type { Supervisor } from '@turnpike/tooling/supervisor';
import pg from 'pg';
import { z } from 'zod';
import { openBenchOrganization } from './bench-organization.ts';
import { onCore } from './programs.ts';
import type { Target } from './scenarios.ts';

/** The gateway as a target, with what the bench must know to believe its figures. */
export interface GatewayTarget {
  readonly target: Target;
  readonly spoolFolder: string;
  /** How the gateway says that it makes usage durable. */
  readonly durability: string;
  /** Whether the spool holds anything on disk: what the gateway says of its durability should leave traces. */
  readonly hasSpooled: () => boolean;
  /** Throws unless every answered call became exactly one record in Postgres. */
  readonly assertRecorded: (answers: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const model = 'openai/gpt-5.4-mini';
const readyTimeoutMs = 60_000;
/** Records reach Postgres within ten seconds when all parts are healthy; a full spool may take a little longer. */
const shippingTimeoutMs = 60_000;

/**
 * Starts the built gateway on a core of its own, with private Postgres and Redis, durable as in production, the seeded
 * catalogue, and OpenAI's address set to the load upstream. Throws when it does not say that usage is made durable with
 * fdatasync and that limits are on: a table without them would compare nothing.
 */
export async function startGateway(upstreamPort: number, log: (text: string) => void): Promise<GatewayTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  const supervisor = createSupervisor();
  const stop = async () => {
    await supervisor.stopAll();
    removePostgresData(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const facts = await prepare(folder, supervisor, upstreamPort, log);
    const { rolePasswords, apiKeyPepper } = facts.secrets;
    const { organizationId, apiKey } = await openBenchOrganization(
      urlForRole(facts.ownerUrl, 'app', rolePasswords),
      urlForRole(facts.ownerUrl, 'worker', rolePasswords),
      apiKeyPepper,
    );
    const { port, pid } = await launch(facts, folder, supervisor);
    const durability = await requireHonesty(port);
    return {
      target: { name: 'gateway', port, pid, model, headers: { authorization: `Bearer ${apiKey}` } },
      spoolFolder: facts.spoolFolder,
      durability,
      hasSpooled: () =>
        readdirSync(facts.spoolFolder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile()),
      assertRecorded: (answers) => assertRecorded(facts.ownerUrl, organizationId, answers),
      stop,
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** Storage, schema and catalogue. */
async function prepare(
  folder: string,
  supervisor: Supervisor,
  upstreamPort: number,
  log: (text: string) => void,
): Promise<ServiceFacts> {
  const storage = supervisor.stage('storage');
  // Beside the load, as the report says: on the gateway's core they would be measured as the gateway.
  const launch: typeof storage.launch = (options) => {
    const [command = options.command, ...args] = onCore('other', [options.command, ...options.args]);
    return storage.launch({ ...options, command, args });
  };
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), launch, log });
  const redis = await startRedis({ dataDir: join(folder, 'redis'), launch, log });
  const facts: ServiceFacts = {
    ports: await freePorts(),
    ownerUrl: postgres.ownerUrl,
    redisUrl: redis.url,
    secrets: keptSecrets(join(folder, 'secrets.json')),
    spoolFolder: join(folder, 'spool'),
    environment: {
      PATH: process.env.PATH,
      OPENAI_API_KEY: 'sk-upstream',
      OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
    },
  };
  mkdirSync(facts.spoolFolder, { mode: 0o700 });
  const source = (
    name: string,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) =>
    runTask(supervisor, {
      name,
      command: process.execPath,
      args: ['--conditions=@turnpike/source', join(root, script), ...args],
      cwd: root,
      env,
      logFile: join(folder, `${name}.log`),
    });
  await source('migration', 'packages/db/src/main.ts', ['migrate'], {
    ...process.env,
    DATABASE_URL: facts.ownerUrl,
    ...rolePasswordEnvironment(facts.secrets.rolePasswords),
  });
  await source('seed', 'prisma/seed.ts', [], seedEnvironment(facts, join(folder, 'demo.json')));
  return facts;
}

async function launch(
  facts: ServiceFacts,
  folder: string,
  supervisor: Supervisor,
): Promise<{ port: number; pid: number }> {
  const [command = process.execPath, ...args] = onCore('tested', [
    process.execPath,
    join(root, 'apps/gateway/dist/main.js'),
  ]);
  const child = await supervisor.stage('front').launch({
    name: 'gateway',
    command,
    args,
    cwd: root,
    env: gatewayEnvironment(facts, 'data'),
    logFile: join(folder, 'gateway.log'),
  });
  const port = facts.ports.gateway;
  await waitUntilReady(
    child,
    () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      ),
    readyTimeoutMs,
  );
  return { port, pid: child.pid };
}

const readiness = z.looseObject({ durability: z.string().optional(), limits: z.string().optional() });

async function requireHonesty(port: number): Promise<string> {
  const answer: unknown = await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json();
  const { durability = 'not said', limits = 'not said' } = readiness.parse(answer);
  if (durability === 'fdatasync' && limits === 'on') return durability;
  throw new Error(
    `No table: the gateway must make usage durable with fdatasync and have limits on. It says: durability ${durability}, limits ${limits}.`,
  );
}

async function assertRecorded(ownerUrl: string, organizationId: string, answers: number): Promise<void> {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    const deadlineMs = Date.now() + shippingTimeoutMs;
    for (;;) {
      const { rows } = await client.query<{ count: string }>(
        'SELECT count(*) AS count FROM usage_attempt WHERE organization_id = $1',
        [organizationId],
      );
      const recorded = Number(rows[0]?.count);
      if (recorded === answers) return;
      if (recorded > answers || Date.now() > deadlineMs) {
        throw new Error(`No table: ${answers} calls were answered, but ${recorded} are recorded in Postgres.`);
      }
      await sleep(250);
    }
  } finally {
    await client.end();
  }
}
