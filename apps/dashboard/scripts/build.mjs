/**
 * Builds the dashboard: `next build`, then everything that a standalone server needs beside it, then the weight of
 * each page. A page above the budget fails the build.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

const app = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(app, '.next');
/** JavaScript that a page loads before it works, gzipped; on a slow phone 250 KB are about two seconds. */
const budgetBytes = 250 * 1024;

const nextCli = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next');
const build = spawnSync(process.execPath, [nextCli, 'build'], {
  cwd: app,
  stdio: 'inherit',
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
});
if (build.status !== 0) {
  process.exit(build.status ?? 1);
}

// Next leaves static files out of the standalone server, for those who serve them from elsewhere; we do not.
const standalone = join(output, 'standalone', 'apps', 'dashboard');
cpSync(join(output, 'static'), join(standalone, '.next', 'static'), { recursive: true });
if (existsSync(join(app, 'public'))) {
  cpSync(join(app, 'public'), join(standalone, 'public'), { recursive: true });
}

const sizes = new Map();
const gzippedBytes = (file) => {
  const known = sizes.get(file) ?? gzipSync(readFileSync(join(output, file))).length;
  sizes.set(file, known);
  return known;
};

/** Scripts of every page: those in its HTML from the start, and those of its client components. */
function pageScripts() {
  const root = JSON.parse(readFileSync(join(output, 'build-manifest.json'), 'utf8'));
  // The polyfills are marked nomodule: no browser that can run the rest loads them.
  const always = root.rootMainFiles;
  const pages = [];
  const manifests = readdirSync(join(output, 'server', 'app'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('page_client-reference-manifest.js'));
  for (const file of manifests) {
    const scope = {};
    runInNewContext(readFileSync(join(output, 'server', 'app', file), 'utf8'), { globalThis: scope });
    for (const [route, manifest] of Object.entries(scope.__RSC_MANIFEST ?? {})) {
      const entries = Object.values(manifest.entryJSFiles ?? {}).flat();
      pages.push({ route: route.replace(/\/page$/, '') || '/', files: [...new Set([...always, ...entries])] });
    }
  }
  return pages.sort((a, b) => a.route.localeCompare(b.route));
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
let tooHeavy = 0;
process.stdout.write(`\nJavaScript of each page, gzipped (budget ${kilobytes(budgetBytes)}):\n`);
for (const { route, files } of pageScripts()) {
  const bytes = files.reduce((sum, file) => sum + gzippedBytes(file), 0);
  tooHeavy += bytes > budgetBytes ? 1 : 0;
  process.stdout.write(`  ${kilobytes(bytes).padStart(9)}  ${route}${bytes > budgetBytes ? '  TOO HEAVY' : ''}\n`);
}
process.stdout.write(`Server: ${relative(process.cwd(), join(standalone, 'server.js'))}\n`);
if (tooHeavy > 0) {
  process.stderr.write(
    `${tooHeavy} pages are heavier than the budget. Load what is not needed at once with next/dynamic.\n`,
  );
  process.exit(1);
}
