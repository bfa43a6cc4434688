import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { callGateway, createKey, leaveStream, newMember, readAmount } from './visitor.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

it('shows a call that is made while the page is open, without a reload', async () => {
  const member = await newMember(browser);
  const { context, page, project, errors } = member;
  const secret = await createKey(member, 'Live');
  await page.goto(project('logs'));
  await page.getByText('Waiting for a request').waitFor();
  const { requestId } = await callGateway(secret);
  await page.locator(`[data-row="${requestId}"]`).waitFor({ timeout: 10_000 });
  expect(errors).toEqual([]);
  await context.close();
});

it('keeps filters and the open row in the address, and steps through the list with J and K', async () => {
  const member = await newMember(browser);
  const { context, page, project } = member;
  const secret = await createKey(member, 'Filtered');
  const first = await callGateway(secret);
  const failed = await callGateway(secret, 'Fail, please. [sandbox: status=500]');
  const last = await callGateway(secret);
  expect([first.status, last.status]).toEqual([200, 200]);
  expect(failed.status).toBeGreaterThanOrEqual(500);

  await page.goto(project('logs'));
  await page.locator('tbody [data-row]').nth(2).waitFor({ timeout: 10_000 });
  await page.locator(`[data-row="${last.requestId}"]`).click();
  const title = page.getByRole('dialog').getByRole('heading').first();
  await expect.poll(() => page.url()).toContain(`request=${last.requestId}`);
  await title.getByText('Success').waitFor();
  await page.keyboard.press('j');
  await expect.poll(() => page.url()).toContain(`request=${failed.requestId}`);
  await title.getByText('Error').waitFor();
  await page.keyboard.press('k');
  await expect.poll(() => page.url()).toContain(`request=${last.requestId}`);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await page.getByRole('radio', { name: 'Errors' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('status')).toBe('error');
  await expect.poll(() => page.locator('tbody [data-row]').count()).toBe(1);
  await page.reload();
  await page.locator(`[data-row="${failed.requestId}"]`).waitFor();
  expect(await page.locator('tbody [data-row]').count()).toBe(1);

  await page.getByLabel('Model or request id').fill('nobody/knows-this');
  await page.getByText('No request matches').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect.poll(() => page.locator('tbody [data-row]').count()).toBe(3);
  await context.close();
});

it('says of a call that was left that its client left, and that its tokens are an estimate', async () => {
  const member = await newMember(browser);
  const { context, page, project } = member;
  const requestId = await leaveStream(await createKey(member, 'Impatient'));
  await page.goto(project('logs'));
  await page.locator(`[data-row="${requestId}"]`).click({ timeout: 15_000 });
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('heading').first().getByText('Cancelled').waitFor();
  await drawer.getByText('the client left').waitFor();
  await drawer.getByText('an estimate, of what was delivered').waitFor();
  expect(await drawer.getByText('as the provider reported').count()).toBe(0);
  await context.close();
});

it('says in words what is wrong with an address that makes no sense', async () => {
  const { context, page, project } = await newMember(browser);
  await page.goto(project('logs?key=not-an-id'));
  await page.getByText('The log could not be read').waitFor();
  expect(await page.getByRole('alert').filter({ hasText: 'The log could not be read' }).innerText()).toMatch(
    /apiKeyId/,
  );
  await page.goto(project('logs?request=req_00000000000000000000000000'));
  await page.getByText('There is no such request').waitFor();
  await context.close();
});

it('adds the chart up to the figure above it, to the last digit', async () => {
  const member = await newMember(browser);
  const { context, page, project, errors } = member;
  const secret = await createKey(member, 'Counted');
  const calls = [await callGateway(secret), await callGateway(secret, 'Hello.', 'anthropic/claude-sonnet-5')];
  const charged = calls.reduce((sum, call) => sum + BigInt(call.costNanoUsd ?? '0'), 0n) * 1_000_000n;

  await page.goto(project('usage?range=24h&view=table'));
  const table = page.getByRole('region', { name: / by model, / });
  await expect
    .poll(
      async () => {
        const cells = await table.locator('tbody td').allInnerTexts();
        return cells.map(readAmount).reduce((sum, amount) => sum + amount, 0n);
      },
      { timeout: 20_000 },
    )
    .toBe(charged);
  await page.getByRole('radio', { name: /Requests/ }).click();
  await expect
    .poll(async () => (await table.locator('tbody td').allInnerTexts()).reduce((sum, cell) => sum + Number(cell), 0))
    .toBe(2);

  await page.getByRole('radio', { name: 'Chart', exact: true }).click();
  await page.locator('.recharts-bar-rectangle path').first().waitFor();
  await page.locator('.recharts-bar-rectangle path').first().click();
  await page.waitForURL('**/logs?**');
  await expect.poll(() => page.locator('tbody [data-row]').count()).toBe(1);
  expect(errors).toEqual([]);
  await context.close();
});
