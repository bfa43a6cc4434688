import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';
import { runTask } from '../process/supervisor.ts';
import { startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';
import { buildProduct } from './build.ts';
import { rolePasswordEnvironment } from './database-roles.ts';
import {
  dashboardEnvironment,
  dashboardUrl,
  gatewayEnvironment,
  gatewayUrl,
  sandboxEnvironment,
  sandboxUrl,
  seedEnvironment,
  workerEnvironment,
  type ServiceFacts,
} from './environment.ts';
import { keptSecrets } from './secrets.ts';
import { startService, type Service, type ServiceCommand, type ServiceName } from './services.ts';
import { isDemoFacts, type DemoFacts, type ProductMode, type ProductSettings, type ProductState } from './settings.ts';

export interface Product {
  readonly state: ProductState;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** Owner of the database, for looking at what the product wrote. */
  readonly ownerUrl: string;
  readonly redisUrl: string;
  readonly redisIsStandIn: boolean;
  /** One line of JSON for every call that reached the sandbox; only tests write it. */
  readonly truthFile: string | undefined;
}

/** Where the data of a product's storage lives below its folder. */
export function dataFolders(folder: string): Readonly<Record<'postgres' | 'redis' | 'spool', string>> {
  return {
    postgres: join(folder, 'data', 'postgres'),
    redis: join(folder, 'data', 'redis'),
    spool: join(folder, 'data', 'spool'),
  };
}

/** An empty log: its end, which a failure shows, must be of this start. */
function newLog(settings: ProductSettings, name: string): string {
  const file = join(settings.logFolder, `${name}.log`);
  rmSync(file, { force: true });
  return file;
}

async function startStorage(
  settings: ProductSettings,
): Promise<{ ownerUrl: string; redisUrl: string; redisIsStandIn: boolean }> {
  const { supervisor, isDurable, step } = settings;
  const { launch } = supervisor.stage('storage');
  const data = dataFolders(settings.folder);
  const postgres = await step('database', (note) =>
    startPostgres({
      dataDir: data.postgres,
      logFile: newLog(settings, 'postgres'),
      givenUrl: settings.databaseUrl,
      isDurable,
      launch,
      log: note,
    }),
  );
  const redis = await step('Redis', (note) =>
    startRedis({
      dataDir: data.redis,
      logFile: newLog(settings, 'redis'),
      givenUrl: settings.redisUrl,
      isDurable,
      launch,
      log: note,
    }),
  );
  return { ownerUrl: postgres.ownerUrl, redisUrl: redis.url, redisIsStandIn: redis.isStandIn };
}

async function migrate(settings: ProductSettings, facts: ServiceFacts): Promise<void> {
  await settings.step('migrate', () =>
    runTask(settings.supervisor, {
      name: 'migration',
      command: process.execPath,
      args: ['--conditions=@turnpike/source', join(root, 'packages', 'db', 'src', 'main.ts'), 'migrate'],
      cwd: root,
      env: { ...process.env, DATABASE_URL: facts.ownerUrl, ...rolePasswordEnvironment(facts.secrets.rolePasswords) },
      logFile: newLog(settings, 'migrate'),
    }),
  );
}

function readDemo(file: string): DemoFacts {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  // The facts are the last line: a library that prints a notice before it does no harm.
  const value: unknown = JSON.parse(text.slice(text.lastIndexOf('\n') + 1) || 'null');
  if (isDemoFacts(value)) return value;
  throw new Failure('The seed did not say what it made. Run "npm start -- --fresh".');
}

/** The seed prints the demo organization's facts; what it made before is in `demo.json`, because keys are shown once. */
async function seed(settings: ProductSettings, facts: ServiceFacts): Promise<DemoFacts> {
  const demoFile = join(settings.folder, 'demo.json');
  const outputFile = `${demoFile}.new`;
  await settings.step('seed', async () => {
    // The seed runs from source and talks to the database through the generated client, which a fresh clone lacks.
    await runTask(settings.supervisor, {
      name: 'database client',
      command: process.execPath,
      args: [join(root, 'packages', 'db', 'scripts', 'generate.mjs')],
      cwd: root,
      env: process.env,
      logFile: newLog(settings, 'generate'),
    });
    await runTask(settings.supervisor, {
      name: 'seed',
      command: process.execPath,
      args: ['--conditions=@turnpike/source', join(root, 'prisma', 'seed.ts')],
      cwd: root,
      env: seedEnvironment(facts, demoFile),
      logFile: newLog(settings, 'seed'),
      outputFile,
    });
  });
  const demo = readDemo(outputFile);
  renameSync(outputFile, demoFile);
  return demo;
}

function dashboardCommand(facts: ServiceFacts, mode: ProductMode): ServiceCommand {
  const port = facts.ports.dashboard;
  const environment = dashboardEnvironment(facts);
  const common = { name: 'dashboard', stage: 'front', port, readyPath: '/health/live' } as const;
  if (mode === 'built') {
    return { ...common, script: 'apps/dashboard/.next/standalone/apps/dashboard/server.js', environment };
  }
  return {
    ...common,
    script: 'apps/dashboard/node_modules/next/dist/bin/next',
    args: ['dev', 'apps/dashboard', '--port', String(port), '--hostname', '127.0.0.1'],
    environment: { ...environment, NODE_ENV: 'development' },
  };
}

function serviceCommands(
  facts: ServiceFacts,
  mode: ProductMode,
  truthFile: string | undefined,
): readonly ServiceCommand[] {
  const { ports } = facts;
  const gateway = { stage: 'front', script: 'apps/gateway/dist/main.js', readyPath: '/health/ready' } as const;
  return [
    {
      name: 'sandbox',
      stage: 'back',
      script: 'packages/sandbox/dist/main.js',
      environment: sandboxEnvironment(facts, truthFile),
      port: ports.sandbox,
      readyPath: undefined,
    },
    { ...gateway, name: 'gateway', environment: gatewayEnvironment(facts, 'data'), port: ports.gateway },
    { ...gateway, name: 'control', environment: gatewayEnvironment(facts, 'control'), port: ports.control },
    {
      name: 'worker',
      stage: 'back',
      script: 'apps/worker/dist/main.js',
      environment: workerEnvironment(facts),
      port: ports.worker,
      readyPath: '/health/ready',
    },
    dashboardCommand(facts, mode),
  ];
}

const labels: Readonly<Record<ServiceName, string>> = {
  sandbox: 'sandbox provider',
  gateway: 'gateway',
  control: 'control plane',
  worker: 'worker',
  dashboard: 'dashboard',
};

/** One after another, each ready before the next, so that a failure names the one process that failed. */
async function startServices(
  settings: ProductSettings,
  facts: ServiceFacts,
  truthFile: string | undefined,
): Promise<Record<ServiceName, Service>> {
  const commands = serviceCommands(facts, settings.mode, truthFile);
  const startNamed = async (name: ServiceName): Promise<Service> => {
    const command = commands.find((candidate) => candidate.name === name);
    if (command === undefined) throw new Error(`There is no command for ${name}.`);
    return settings.step(labels[name], (note) => {
      note(`port ${command.port}`);
      return startService(command, settings.supervisor, newLog(settings, command.name));
    });
  };
  return {
    sandbox: await startNamed('sandbox'),
    gateway: await startNamed('gateway'),
    control: await startNamed('control'),
    worker: await startNamed('worker'),
    dashboard: await startNamed('dashboard'),
  };
}

/**
 * Starts the whole product: storage, migrations, demo data, build, and every process, each ready before the next begins.
 * Throws a `Failure` that says what to do; the caller then stops its supervisor. With `truthFile` the sandbox writes down
 * every call it got.
 */
export async function startProduct(settings: ProductSettings, truthFile?: string): Promise<Product> {
  const data = dataFolders(settings.folder);
  mkdirSync(data.spool, { recursive: true, mode: 0o700 });
  const secrets = keptSecrets(join(settings.folder, 'secrets.json'));
  const storage = await startStorage(settings);
  const facts: ServiceFacts = {
    ports: settings.ports,
    ownerUrl: storage.ownerUrl,
    redisUrl: storage.redisUrl,
    secrets,
    spoolFolder: data.spool,
    environment: settings.environment,
  };
  await migrate(settings, facts);
  const demo = await seed(settings, facts);
  await settings.step('build', (note) =>
    buildProduct({ note, launch: settings.supervisor.stage('task').launch, mode: settings.mode }),
  );
  const services = await startServices(settings, facts, truthFile);
  return {
    state: {
      gatewayUrl: gatewayUrl(settings.ports),
      dashboardUrl: dashboardUrl(settings.ports),
      sandboxUrl: sandboxUrl(settings.ports),
      demo,
    },
    services,
    ...storage,
    truthFile,
  };
}
