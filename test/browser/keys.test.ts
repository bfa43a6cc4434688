import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { callGateway, createKey, newMember, readAmount } from './visitor.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const mostStops = 60;

/** Presses Tab until what has the focus has this name, as somebody without a mouse would. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let stop = 0; stop < mostStops; stop += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element === null ? '' : (element.getAttribute('aria-label') ?? element.textContent);
    });
    if (name.test(focused)) {
      return;
    }
  }
  throw new Error(`Tab never reached ${String(name)}.`);
}

it('creates a key with the keyboard alone, and shows the cost of a call with it to the last digit', async () => {
  const { context, page, errors, project } = await newMember(browser);
  await page.goto(project('keys'));
  await page.getByText('No keys yet').waitFor();

  await tabTo(page, /^Create key$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Create a key' }).waitFor();
  await page.keyboard.type('Keyboard');
  await tabTo(page, /^Test$|^Live$/);
  await tabTo(page, /^Create key$/);
  await page.keyboard.press('Enter');

  const secret = await page.getByTestId('secret').innerText();
  expect(secret).toMatch(/^sk-tp-live-\w{12}_\w{32}_\w{6}$/);
  await tabTo(page, /I have copied it/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.locator('body').innerText()).not.toContain(secret);
  expect(await page.content()).not.toContain(secret);

  const { status, costNanoUsd = '', requestId } = await callGateway(secret);
  expect(status).toBe(200);
  await page.goto(project('logs'));
  await page.locator(`[data-row="${requestId}"]`).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Overview' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Cost, line by line' });
  const amounts = await table.locator('tbody tr td:last-child').allInnerTexts();
  const total = readAmount(await page.getByTestId('cost-total').innerText());
  expect(amounts.map(readAmount).reduce((sum, amount) => sum + amount, 0n)).toBe(total);
  expect(total).toBe(BigInt(costNanoUsd) * 1_000_000n);
  await page.getByText('The lines come to what was charged').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(errors).toEqual([]);
  await context.close();
});

it('limits a key to what was typed, and says so beside it', async () => {
  const { context, page, project } = await newMember(browser);
  await page.goto(project('keys'));
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Create a key' });
  await drawer.getByLabel('Name').fill('Narrow');
  await drawer.getByLabel('Requests').fill('0');
  await drawer.getByRole('button', { name: 'Create key' }).click();
  await drawer.getByText('Leave it empty for no limit.').waitFor();
  expect(await drawer.getByLabel('Name').inputValue()).toBe('Narrow');

  await drawer.getByLabel('Requests').fill('1');
  await drawer.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByTestId('secret').innerText();
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByText('1 requests / min').waitFor();
  expect((await callGateway(secret)).status).toBe(200);
  expect(await callGateway(secret)).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  await context.close();
});

it('refuses a disabled key at once, and answers again after Undo', async () => {
  const member = await newMember(browser);
  const { context, page, project } = member;
  const secret = await createKey(member, 'Switched');
  await page.goto(project('keys'));
  await page.getByRole('button', { name: 'Actions for Switched' }).click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await page.getByText('Switched is disabled').waitFor();
  await expect.poll(async () => (await callGateway(secret)).code, { timeout: 5_000 }).toBe('invalid_api_key');

  await page.getByRole('button', { name: 'Undo' }).click();
  await page
    .getByRole('row', { name: /Switched/ })
    .getByText('Active')
    .waitFor();
  await expect.poll(async () => (await callGateway(secret)).status, { timeout: 5_000 }).toBe(200);
  await context.close();
});

it('deletes a key only when its name was typed', async () => {
  const member = await newMember(browser);
  const { context, page, project } = member;
  const secret = await createKey(member, 'Doomed');
  await page.goto(project('keys'));
  await page.getByRole('button', { name: 'Actions for Doomed' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Doomed?' });
  expect(await dialog.getByRole('button', { name: 'Delete key' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('Doomed');
  await dialog.getByRole('button', { name: 'Delete key' }).click();
  await page.getByText('Deleted Doomed').waitFor();
  await page.getByText('No keys yet').waitFor();
  await expect.poll(async () => (await callGateway(secret)).code, { timeout: 5_000 }).toBe('invalid_api_key');
  await context.close();
});

it('keeps what was typed when the service cannot be reached, and says so', async () => {
  const { context, page, project } = await newMember(browser);
  await page.goto(project('keys'));
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Create a key' });
  await drawer.getByLabel('Name').fill('Patient');
  await page.route('**/api-keys', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await drawer.getByRole('button', { name: 'Create key' }).click();
  await drawer.getByRole('alert').filter({ hasText: 'The key was not created' }).waitFor();
  expect(await drawer.getByLabel('Name').inputValue()).toBe('Patient');

  await page.unroute('**/api-keys');
  await drawer.getByRole('button', { name: 'Create key' }).click();
  await page.getByTestId('secret').waitFor();
  await context.close();
});
