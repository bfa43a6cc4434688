import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { collectPageErrors, findBarriers, openBrowser, takeScreen } from '../support/browser.ts';

const { gatewayUrl, dashboardUrl } = inject('product');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function openPage(
  colorScheme: 'light' | 'dark',
): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  return { context, page, errors: collectPageErrors(page) };
}

async function callWith(apiKey: string): Promise<{ usage: { cost: number } }> {
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/gpt-5.4-mini', messages: [{ role: 'user', content: 'Say hello.' }] }),
  });
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

describe.each(['light', 'dark'] as const)('a new user, %s', (colorScheme) => {
  it('signs up, gets a key, makes a call and sees it with its exact cost', async () => {
    const { context, page, errors } = await openPage(colorScheme);
    await page.goto(dashboardUrl);
    await takeScreen(page, `landing-${colorScheme}`);
    expect(await findBarriers(page)).toEqual([]);

    await page.goto(`${dashboardUrl}/signup`);
    await page.getByLabel('E-mail').fill(`${colorScheme}-${Date.now()}@example.com`);
    await page.getByLabel('Password', { exact: true }).fill('a sentence that nobody guesses');
    await page.getByLabel('Organization').fill('Lighthouse');
    await takeScreen(page, `sign-up-${colorScheme}`);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create account' }).click();

    await page.waitForURL('**/onboarding');
    await page.getByText('Waiting for your first request').waitFor();
    await page
      .getByText(/sk-tp-live-/)
      .first()
      .waitFor();
    await takeScreen(page, `onboarding-${colorScheme}`);
    expect(await findBarriers(page)).toEqual([]);
    const apiKey = /sk-tp-live-[\w-]{20,}/.exec(await page.locator('body').innerText())?.[0] ?? '';
    const { usage } = await callWith(apiKey);

    const firstCall = page.getByTestId('first-call');
    await firstCall.waitFor({ timeout: 20_000 });
    expect(await firstCall.innerText()).toContain('Answered by');
    await page.getByRole('link', { name: 'See it in the log' }).click();

    await page.waitForURL('**/logs?**');
    await page.locator('[data-row]').first().waitFor({ timeout: 20_000 });
    expect(await page.locator('body').innerText()).toContain(String(usage.cost));
    // The link opens the call beside the log.
    await page.getByRole('dialog', { name: /\w/ }).waitFor();
    await takeScreen(page, `log-${colorScheme}`);
    expect(await findBarriers(page)).toEqual([]);

    expect(errors).toEqual([]);
    await context.close();
  });
});

it('runs the call from the page, streams the answer and says who gave it, how fast and for how much', async () => {
  const { context, page, errors } = await openPage('light');
  await page.goto(`${dashboardUrl}/signup`);
  await page.getByLabel('E-mail').fill(`runs-${Date.now()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill('a sentence that nobody guesses');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/onboarding');
  await page.getByRole('button', { name: 'Run it here' }).click();
  await page.getByRole('button', { name: 'Run it again' }).waitFor();
  expect(await page.getByLabel('Answer').innerText()).toMatch(/\w/);
  expect(await page.getByTestId('first-call').innerText()).toMatch(/Answered by \S+ in [\d.]+ m?s for \$0\.\d+\./);
  await takeScreen(page, 'onboarding-done');

  const secret = await page.getByTestId('secret').innerText();
  await page.reload();
  await page.getByText('This project has a key already').waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(errors).toEqual([]);
  await context.close();
});

it('lets the demo user in, and nobody with a wrong password', async () => {
  const { demo } = inject('product');
  const { context, page } = await openPage('light');
  await page.goto(`${dashboardUrl}/login`);
  await page.getByLabel('E-mail').fill(demo.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password at all');
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('alert').filter({ hasText: /\w/ }).first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/login');

  await page.getByLabel('Password', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL(`**/o/${demo.organizationId}**`);
  await takeScreen(page, 'home-light');
  await context.close();
});
