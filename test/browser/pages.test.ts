import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBarriers, openBrowser, takeScreen } from '../support/browser.ts';
import { callGateway, createKey, newMember, visit, type Member } from './visitor.ts';

const { dashboardUrl } = inject('product');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** A phone of the narrow kind, and a laptop. */
const widths = [360, 1_440];

const settleMs = 400;

async function fill(member: Member): Promise<string> {
  const secret = await createKey(member, 'Production');
  await callGateway(secret);
  await callGateway(secret, 'Fail, please. [sandbox: status=500]');
  const { requestId } = await callGateway(secret, 'Hello.', 'anthropic/claude-sonnet-5');
  return requestId;
}

/** Pages of a project by the name of their picture; the texts are there when the page is. */
function placesOf(member: Member, requestId: string) {
  return [
    { name: 'home', address: `${dashboardUrl}/o/${member.organizationId}`, text: 'Spend by model' },
    { name: 'keys', address: member.project('keys'), text: 'sk-tp-live-' },
    { name: 'logs', address: member.project('logs'), text: 'openai/gpt-5.4-mini' },
    { name: 'log-overview', address: member.project(`logs?request=${requestId}`), text: 'One attempt' },
    { name: 'log-cost', address: member.project(`logs?request=${requestId}&tab=cost`), text: 'Price in force since' },
    { name: 'log-raw', address: member.project(`logs?request=${requestId}&tab=raw`), text: '"chargeNanoUsd"' },
    { name: 'usage', address: member.project('usage'), text: 'Share of spend' },
    { name: 'usage-table', address: member.project('usage?view=table'), text: 'Share of spend' },
    { name: 'onboarding', address: `${dashboardUrl}/onboarding`, text: 'See it arrive' },
    { name: 'not-found', address: `${dashboardUrl}/o/org_00000000000000000000000000`, text: 'This road leads nowhere' },
  ];
}

describe.each(['light', 'dark'] as const)('every page, %s', (colorScheme) => {
  it.each(widths)('keeps nobody out and fits into %i pixels', async (width) => {
    const member = await newMember(browser, { colorScheme, width });
    const { page, context } = member;
    const problems: string[] = [];
    for (const { name, address, text } of placesOf(member, await fill(member))) {
      await page.goto(address);
      await page.getByText(text).first().waitFor({ timeout: 20_000 });
      await page.waitForTimeout(settleMs);
      await takeScreen(page, `${name}-${colorScheme}-${width}`);
      problems.push(...(await findBarriers(page)).map((barrier) => `${name}: ${barrier}`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) {
        problems.push(`${name}: ${overflow} pixels too wide`);
      }
    }
    expect(problems).toEqual([]);
    await context.close();
  });

  it('keeps nobody out of the drawer, the menus and the dialog', async () => {
    const member = await newMember(browser, { colorScheme });
    const { page, context } = member;
    await createKey(member, 'Production');
    await page.goto(member.project('keys'));
    const problems: string[] = [];
    const check = async (name: string): Promise<void> => {
      await page.waitForTimeout(settleMs);
      await takeScreen(page, `${name}-${colorScheme}`);
      problems.push(...(await findBarriers(page)).map((barrier) => `${name}: ${barrier}`));
    };
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Staging');
    await check('create-key');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByTestId('secret').waitFor();
    await check('key-created');
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('button', { name: 'Actions for Production' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    await check('key-menu');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog', { name: 'Delete Production?' }).waitFor();
    await check('delete-key');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Switch project or organization' }).click();
    await page.getByRole('menuitem', { name: 'New project' }).click();
    await page.getByRole('dialog', { name: 'New project' }).waitFor();
    await check('new-project');
    expect(problems).toEqual([]);
    await context.close();
  });
});

it('shows the theme that was chosen in the first HTML, so that nothing flashes', async () => {
  const { page, context } = await visit(browser, { colorScheme: 'light' });
  await page.goto(dashboardUrl);
  await page.getByRole('radio', { name: 'Dark' }).click();
  const html = await (await context.request.get(dashboardUrl)).text();
  expect(html).toMatch(/<html[^>]* data-theme="dark"/);
  await page.reload();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  await context.close();
});

it('makes a project and keeps the page when the project changes', async () => {
  const { page, context, project, organizationId } = await newMember(browser);
  await page.goto(project('logs'));
  await page.getByRole('button', { name: 'Switch project or organization' }).click();
  await page.getByRole('menuitem', { name: 'New project' }).click();
  await page
    .getByRole('dialog')
    .getByLabel('Name')
    .fill(`Second ${crypto.randomUUID().slice(0, 8)}`);
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL(`**/o/${organizationId}/p/*/keys`);
  expect(page.url()).not.toContain(project(''));
  await page.getByRole('link', { name: 'Logs' }).click();
  await page.waitForURL('**/logs');
  await page.getByRole('button', { name: 'Switch project or organization' }).click();
  await page.getByRole('menuitem', { name: 'Default' }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/logs') && !url.href.startsWith(project('')));
  await context.close();
});
