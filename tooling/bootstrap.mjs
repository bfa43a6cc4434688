#!/usr/bin/env node
/**
 * The door of every npm script here. It needs Node 20 or newer and npm, nothing else: it fetches Node 24 and pnpm into
 * `.local/`, installs the workspace when its packages changed, and hands over to `tooling/commands/<command>.ts`.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BootstrapError,
  installPackages,
  installToolchain,
  packagesAreInstalled,
  toolchainEnvironment,
  toolchainIsReady,
} from './bootstrap/install.mjs';
import { acquireLock } from './bootstrap/lock.mjs';
import { nodeVersion, planRuntime, pnpmVersion } from './bootstrap/plan.mjs';
import { step } from './terminal/progress.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns {boolean} only a Node linked against glibc reports its version */
function runsOnMusl() {
  if (process.platform !== 'linux') return false;
  return !JSON.stringify(process.report.getReport()).includes('"glibcVersionRuntime"');
}

/** @param {string | undefined} command @returns {string} the command's file */
function commandFile(command) {
  const folder = join(root, 'tooling', 'commands');
  const known = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -3));
  if (command === undefined || !known.includes(command)) {
    throw new BootstrapError(`Say which command to run: ${known.sort().join(', ')}.`);
  }
  return join(folder, `${command}.ts`);
}

/** @returns {Promise<NodeJS.ProcessEnv>} the environment for the command, with everything it needs in place */
async function prepare() {
  const plan = planRuntime({
    version: process.version,
    platform: process.platform,
    arch: process.arch,
    isMusl: runsOnMusl(),
  });
  if (plan.kind === 'refuse') throw new BootstrapError(plan.reason);
  const env = toolchainEnvironment(root, plan, process.env);
  if (toolchainIsReady(root, plan) && packagesAreInstalled(root)) return env;

  let waitsFor = 0;
  const release = await acquireLock(join(root, '.local', 'bootstrap.lock'), (pid) => {
    if (waitsFor !== pid) process.stdout.write(`  … waiting for another install in this checkout (process ${pid})\n`);
    waitsFor = pid;
  });
  try {
    if (!toolchainIsReady(root, plan)) {
      const names = plan.kind === 'install' ? `Node ${nodeVersion} and pnpm ${pnpmVersion}` : `pnpm ${pnpmVersion}`;
      await step(`fetch ${names}`, () => installToolchain(root, plan, process.env));
    }
    if (!packagesAreInstalled(root)) await step('install packages', () => installPackages(root, env));
  } finally {
    release();
  }
  return env;
}

const parentWatchMs = 500;

/**
 * Our parent, and npm behind it where npm's shell stays between: an id changes when that process is gone, because the
 * system then gives its children another parent.
 * @returns {string}
 */
function ancestors() {
  const parent = process.ppid;
  try {
    const isShell = /^(?:sh|dash|bash)$/.test(readFileSync(`/proc/${parent}/comm`, 'utf8').trim());
    const grandparent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8'))?.[1] ?? '';
    return isShell ? `${parent} ${grandparent}` : `${parent}`;
  } catch {
    // Not Linux: there npm's shell is replaced by us.
    return `${parent}`;
  }
}

/**
 * npm does not pass every signal on: killed, it leaves its script running, and then the command is told to end. Without
 * npm, whoever started us may well be gone on purpose.
 * @param {() => void} onGone
 */
function whenNpmIsGone(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const atFirst = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === atFirst) return;
    clearInterval(timer);
    onGone();
  }, parentWatchMs);
  timer.unref();
}

/**
 * Runs the command in the right Node and ends as it ends. The IPC channel tells the command when this process is gone, so
 * that killing `npm start` hard does not leave the product running.
 * @param {string} file @param {string[]} args @param {NodeJS.ProcessEnv} env
 */
function handOver(file, args, env) {
  const node = env.TURNPIKE_NODE ?? process.execPath;
  const child = spawn(node, ['--conditions=@turnpike/source', file, ...args], {
    cwd: root,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends Ctrl-C to the whole group itself; `kill` reaches this process alone and has to be passed on.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

try {
  const [command, ...args] = process.argv.slice(2);
  const file = commandFile(command);
  if (!existsSync(join(root, 'pnpm-lock.yaml')))
    throw new BootstrapError('pnpm-lock.yaml is missing: this is not a complete checkout.');
  handOver(file, args, await prepare());
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
