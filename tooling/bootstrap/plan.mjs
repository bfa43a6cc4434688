/** The bootstrap's decisions, as plain functions over facts, so that they can be tested without a network or a disk. */

export const nodeVersion = '24.21.0';
export const pnpmVersion = '12.21.0';
const requiredMajor = 24;
const minimumMajor = 20;

/**
 * @typedef {{ version: string, platform: string, arch: string, isMusl: boolean }} Machine
 * @typedef {{ kind: 'use-current' } | { kind: 'install', packageName: string } | { kind: 'refuse', reason: string }} RuntimePlan
 */

/** @param {string} version for example `v20.20.2` @returns {number} */
export function majorOf(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}

const installablePackages = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

/**
 * Says whether the Node that runs now will do, which npm package brings one that does, or why neither is possible.
 * @param {Machine} machine @returns {RuntimePlan}
 */
export function planRuntime(machine) {
  const major = majorOf(machine.version);
  if (machine.platform === 'win32') {
    return { kind: 'refuse', reason: 'Turnpike runs on Linux and macOS. On Windows, run it inside WSL 2.' };
  }
  if (major === requiredMajor) return { kind: 'use-current' };
  if (!(major >= minimumMajor)) {
    return {
      kind: 'refuse',
      reason: `Node ${machine.version} is too old. Install Node ${minimumMajor} or newer; Node ${requiredMajor} is best.`,
    };
  }
  const target = `${machine.platform}-${machine.arch}`;
  if (machine.isMusl || !installablePackages.has(target)) {
    return {
      kind: 'refuse',
      reason: `No Node ${requiredMajor} can be fetched for this machine (${target}${machine.isMusl ? ', musl' : ''}). Install Node ${requiredMajor} and run this again.`,
    };
  }
  return { kind: 'install', packageName: `node-${target}` };
}

/** @param {RuntimePlan} plan @returns {Record<string, string>} npm package name to exact version */
export function toolchainPackages(plan) {
  const packages = { pnpm: pnpmVersion };
  return plan.kind === 'install' ? { ...packages, [plan.packageName]: nodeVersion } : packages;
}

/**
 * Turns the output of a failed install into one sentence and what to do about it.
 * @param {string} what for example `pnpm install` @param {string} output @param {string} logFile @returns {string}
 */
export function explainInstallFailure(what, output, logFile) {
  if (/ENOSPC|no space left on device/i.test(output)) {
    return `The disk is full, so ${what} could not finish. Free about 3 GB and run this again.`;
  }
  if (/EACCES|EPERM|permission denied/i.test(output)) {
    return `${what} may not write to this folder. Make the checkout writable for the current user and run this again. Details: ${logFile}`;
  }
  if (/ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/i.test(output)) {
    return `pnpm-lock.yaml does not match the package.json files. Run "pnpm install" and commit the lockfile. Details: ${logFile}`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET|network|fetch failed/i.test(output)) {
    return `${what} could not reach the package registry that npm is configured with. Check the network (npm ping) and run this again. Details: ${logFile}`;
  }
  return `${what} failed. Details: ${logFile}`;
}

/**
 * A held lock may be taken over when its holder is known to be gone, or has not shown a sign of life for `staleAfterMs`.
 * @param {{ holderIsAlive: boolean | 'unknown', silentForMs: number }} facts @param {number} staleAfterMs @returns {boolean}
 */
export function mayTakeOverLock({ holderIsAlive, silentForMs }, staleAfterMs) {
  return holderIsAlive === false || silentForMs > staleAfterMs;
}
