import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { explainInstallFailure, toolchainPackages } from './plan.mjs';

/** @typedef {import('./plan.mjs').RuntimePlan} RuntimePlan */

/** A failure that has been put into a sentence for the person at the terminal; shown without a stack. */
export class BootstrapError extends Error {}

/** @param {string} file @returns {string} the empty text when there is no such file */
const readOrEmpty = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/**
 * Runs a program to its end with its output in `logFile`; throws a `BootstrapError` with one sentence when it fails.
 * @param {{ what: string, command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv, logFile: string }} options
 */
async function run({ what, command, args, cwd, env, logFile }) {
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, '');
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (piece) => appendFileSync(logFile, piece));
    child.stderr.on('data', (piece) => appendFileSync(logFile, piece));
    child.once('error', (error) => reject(new BootstrapError(`${what} could not be started: ${error.message}`)));
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  if (code !== 0) throw new BootstrapError(explainInstallFailure(what, readFileSync(logFile, 'utf8'), logFile));
}

/**
 * npm as the process that runs this script would find it: the one that started `npm start`, else the one on PATH.
 * @param {NodeJS.ProcessEnv} env @returns {{ command: string, args: string[] }}
 */
function npmCommand(env) {
  const cli = env.npm_execpath;
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli))
    return { command: process.execPath, args: [cli] };
  return { command: 'npm', args: [] };
}

/** @param {string} toolchain @returns {string} the folder that holds our `pnpm` */
const binOf = (toolchain) => join(toolchain, 'bin');

/**
 * Without its install script the npm package's own `pnpm` is a file that only a shell can start (turbo starts pnpm
 * directly); its JavaScript entry works everywhere.
 * @param {string} toolchain
 */
function writePnpmStarter(toolchain) {
  mkdirSync(binOf(toolchain), { recursive: true });
  const starter = join(binOf(toolchain), 'pnpm');
  writeFileSync(starter, `#!/bin/sh\nexec node "$(dirname "$0")/../node_modules/pnpm/bin/pnpm.mjs" "$@"\n`);
  chmodSync(starter, 0o755);
}

/**
 * The environment for everything that runs after the bootstrap: the fetched Node and pnpm first in PATH.
 * @param {string} root @param {RuntimePlan} plan @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv}
 */
export function toolchainEnvironment(root, plan, env) {
  const toolchain = join(root, '.local', 'toolchain');
  const nodeBin =
    plan.kind === 'install' ? join(toolchain, 'node_modules', plan.packageName, 'bin') : dirname(process.execPath);
  const path = [nodeBin, binOf(toolchain), join(root, 'node_modules', '.bin'), env.PATH ?? ''];
  return { ...env, PATH: path.join(delimiter), TURNPIKE_NODE: join(nodeBin, 'node') };
}

/**
 * Whether the folder already holds exactly the wanted packages, completely installed.
 * @param {string} root @param {RuntimePlan} plan @returns {boolean}
 */
export function toolchainIsReady(root, plan) {
  return readOrEmpty(join(root, '.local', 'toolchain', 'installed.json')) === JSON.stringify(toolchainPackages(plan));
}

/**
 * Installs Node (when the plan says so) and pnpm from the registry npm is configured with, running no install scripts.
 * @param {string} root @param {RuntimePlan} plan @param {NodeJS.ProcessEnv} env
 */
export async function installToolchain(root, plan, env) {
  const toolchain = join(root, '.local', 'toolchain');
  const packages = toolchainPackages(plan);
  rmSync(toolchain, { recursive: true, force: true });
  mkdirSync(toolchain, { recursive: true });
  writeFileSync(join(toolchain, 'package.json'), `${JSON.stringify({ private: true })}\n`);
  const npm = npmCommand(env);
  // A stalled connection is given up after two minutes rather than npm's five, three times.
  const flags = [
    '--fetch-timeout=120000',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--no-save',
    '--include=optional',
    '--omit=dev',
  ];
  await run({
    what: 'npm install',
    command: npm.command,
    args: [
      ...npm.args,
      'install',
      '--prefix',
      toolchain,
      ...flags,
      ...Object.entries(packages).map(([name, version]) => `${name}@${version}`),
    ],
    cwd: toolchain,
    env: withoutProjectSettings(env),
    logFile: join(root, '.local', 'logs', 'toolchain.log'),
  });
  writePnpmStarter(toolchain);
  writeFileSync(join(toolchain, 'installed.json'), JSON.stringify(packages));
}

/**
 * `npm start` tells its scripts about this project (`npm_config_local_prefix` and others); a nested npm must not take that
 * for its own. Settings that the person made, such as a registry, stay.
 * @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv}
 */
function withoutProjectSettings(env) {
  const dropped =
    /^npm_(?:package_|lifecycle_|command$|config_(?:local_prefix|prefix|workspaces?|include|omit|ignore_scripts|production)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}

/**
 * The folders of the workspace. Only the list at the top of the file is read, which has names and `group/*`.
 * @param {string} root @returns {string[]}
 */
function workspaceFolders(root) {
  const list = /^packages:\n((?:[ \t]+-.*\n)+)/m.exec(readOrEmpty(join(root, 'pnpm-workspace.yaml')))?.[1] ?? '';
  return [...list.matchAll(/-\s*['"]?([\w./@-]+?)(\/\*)?['"]?\s*$/gm)].flatMap(([, name = '', isGroup]) => {
    if (isGroup === undefined) return [name];
    return existsSync(join(root, name)) ? readdirSync(join(root, name)).map((entry) => join(name, entry)) : [];
  });
}

/** @param {string} root @returns {string[]} every file whose change means that the installed packages may be wrong */
function dependencyFiles(root) {
  const manifests = workspaceFolders(root).map((folder) => join(folder, 'package.json'));
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests.sort()];
}

/** @param {string} root @returns {string} a digest of all dependency files and of the platform */
export function dependencyStamp(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const file of dependencyFiles(root))
    hash
      .update(`${file}\0`)
      .update(readOrEmpty(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

const stampFile = 'node_modules/.turnpike-installed';

/** @param {string} root @returns {boolean} */
export function packagesAreInstalled(root) {
  return readOrEmpty(join(root, stampFile)) === dependencyStamp(root);
}

/**
 * Installs the workspace exactly as the lockfile says, and notes what was installed.
 * @param {string} root @param {NodeJS.ProcessEnv} env the environment of `toolchainEnvironment`
 */
export async function installPackages(root, env) {
  const registry = await configuredRegistry(env);
  await run({
    what: 'pnpm install',
    command: join(binOf(join(root, '.local', 'toolchain')), 'pnpm'),
    args: [
      'install',
      '--frozen-lockfile',
      '--prod=false',
      '--reporter=append-only',
      '--config.confirmModulesPurge=false',
    ],
    cwd: root,
    env: {
      ...withoutProjectSettings(env),
      ...(registry === '' ? {} : { pnpm_config_registry: registry, npm_config_registry: registry }),
    },
    logFile: join(root, '.local', 'logs', 'install.log'),
  });
  writeFileSync(join(root, stampFile), dependencyStamp(root));
}

/**
 * pnpm does not read every place that npm takes its registry from, so npm is asked and pnpm is told.
 * @param {NodeJS.ProcessEnv} env @returns {Promise<string>} empty when npm gives none
 */
async function configuredRegistry(env) {
  const npm = npmCommand(env);
  return new Promise((resolve) => {
    const child = spawn(npm.command, [...npm.args, 'config', 'get', 'registry'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.on('data', (piece) => (text += piece));
    child.once('error', () => resolve(''));
    child.once('close', () => resolve(/^https?:\/\/\S+$/.test(text.trim()) ? text.trim() : ''));
  });
}
