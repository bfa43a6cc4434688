import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { callGateway, createKey, newMember, password, signUp, visit } from './visitor.ts';

const { dashboardUrl } = inject('product');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe('the headers of a page', () => {
  it.each(['/', '/login', '/signup', '/nowhere', '/o'])(
    '%s: a policy with a nonce of its own, and nobody may frame it',
    async (path) => {
      const nonces: string[] = [];
      for (let visits = 0; visits < 2; visits += 1) {
        const response = await fetch(dashboardUrl + path, { redirect: 'manual' });
        const policy = response.headers.get('content-security-policy') ?? '';
        nonces.push(/'nonce-([^']+)'/.exec(policy)?.[1] ?? '');
        expect(policy).toContain(`default-src 'self'`);
        expect(policy).toContain(`frame-ancestors 'none'`);
        expect(policy).not.toMatch(/script-src[^;]*unsafe/);
        expect(response.headers.get('x-content-type-options')).toBe('nosniff');
        expect(response.headers.get('cache-control')).toContain('no-store');
        expect(response.headers.has('x-powered-by')).toBe(false);
      }
      expect(new Set(nonces).size).toBe(2);
      expect(nonces).not.toContain('');
    },
  );

  it('marks every script of a page with the nonce, and has none of its own without', async () => {
    const response = await fetch(`${dashboardUrl}/login`);
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1] ?? '';
    const scripts = (await response.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(scripts.filter((script) => / on\w+=/.test(script))).toEqual([]);
  });
});

it('runs nothing that a name holds, and asks nobody else for anything', async () => {
  const member = await newMember(browser);
  const { page, context, project, errors } = member;
  const asked: string[] = [];
  const alarms: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('dialog', (dialog) => {
    alarms.push(dialog.message());
    void dialog.dismiss();
  });
  const hostile = '<img src=https://evil.example/x onerror=alert(1)>"><svg onload=alert(2)>';
  const secret = await createKey(member, hostile);
  const { requestId } = await callGateway(secret, '[sandbox: tokens=5] <script>alert(3)</script>');
  for (const place of ['keys', 'logs', `logs?request=${requestId}&tab=raw`, 'usage?by=apiKey']) {
    await page.goto(project(place));
    await page.getByText('<img src=https://evil.example/x').first().waitFor({ timeout: 20_000 });
  }
  await page.goto(`${dashboardUrl}/o/${member.organizationId}`);
  await page.getByText('Spend by model').waitFor();
  expect(alarms).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(dashboardUrl))).toEqual([]);
  expect(errors).toEqual([]);
  await context.close();
});

it('shows nobody the pages of another organization: they do not exist', async () => {
  const owner = await newMember(browser);
  const stranger = await newMember(browser, {}, await signUp(browser));
  for (const place of ['keys', 'logs', 'usage']) {
    const response = await stranger.page.goto(owner.project(place));
    expect(response?.status()).toBe(404);
    expect(await stranger.page.locator('body').innerText()).toContain('This road leads nowhere');
    const mixed = `${dashboardUrl}/o/${stranger.organizationId}/p/${owner.projectId}/${place}`;
    expect((await stranger.page.goto(mixed))?.status()).toBe(404);
  }
  await owner.context.close();
  await stranger.context.close();
});

it('sends a visitor to the login, back to where he wanted to go, and nowhere else', async () => {
  const member = await newMember(browser);
  const { page, context } = await visit(browser);
  await page.goto(member.project('logs?status=error'));
  await page.waitForURL('**/login?next=**');
  await page.goto(`${dashboardUrl}/login?next=//evil.example/`);
  await page.getByLabel('E-mail').fill(member.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**/o/${member.organizationId}`);
  expect(page.url().startsWith(dashboardUrl)).toBe(true);
  await context.close();
  await member.context.close();
});

it('ends the session on every device with "Sign out everywhere"', async () => {
  const member = await newMember(browser, {}, await signUp(browser));
  const { page, project } = member;
  const other = await visit(browser);
  await other.page.goto(`${dashboardUrl}/login`);
  await other.page.getByLabel('E-mail').fill(member.email);
  await other.page.getByLabel('Password', { exact: true }).fill(password);
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.waitForURL(`**/o/${member.organizationId}`);

  await page.goto(project('keys'));
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  await page.waitForURL('**/login');
  await other.page.goto(project('keys'));
  await other.page.waitForURL('**/login?next=**');
  expect(await other.page.locator('body').innerText()).not.toContain('sk-tp-');
  await other.context.close();
  await member.context.close();
});
