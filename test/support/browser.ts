import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Pictures of the pages that the tests visited, for people to look at. */
export const screensFolder = fileURLToPath(new URL('../../.local/screens/', import.meta.url));

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser that `npm test` has found, or the one on PATH when a suite is run by hand. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.TURNPIKE_CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's own sandbox needs rights that root and containers do not have; only our own pages are opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

/** Takes a picture of the whole page. */
export async function takeScreen(page: Page, name: string): Promise<void> {
  mkdirSync(screensFolder, { recursive: true });
  await page.screenshot({ path: join(screensFolder, `${name}.png`), fullPage: true });
}

/** What axe finds on the page that keeps people out, one line each: the rule and where it is broken. */
export async function findBarriers(page: Page): Promise<string[]> {
  // The page's content policy forbids scripts that it did not ask for; this one comes through the debugger.
  await page.evaluate(axeSource);
  const violations: unknown = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  );
  return Array.isArray(violations) ? violations.filter(isGrave).map(describeViolation) : ['axe did not run'];
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

function isGrave(value: unknown): value is Violation {
  return (
    typeof value === 'object' &&
    value !== null &&
    'impact' in value &&
    ['serious', 'critical'].includes(String(value.impact))
  );
}

function describeViolation({ id, nodes }: Violation): string {
  return `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`;
}

/** Notes every error that the page reports, from scripts and from its console. */
export function collectPageErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}
