import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { collectPageErrors } from '../support/browser.ts';

const { dashboardUrl, gatewayUrl } = inject('product');

export const password = 'a sentence that nobody guesses';

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the pages reported so far: errors of scripts, and messages of the console. */
  readonly errors: string[];
}

export interface Member extends Visit {
  readonly email: string;
  readonly organizationId: string;
  readonly projectId: string;
  /** The address of a page of the project: `keys`, `logs?status=error`. */
  readonly project: (place: string) => string;
}

interface VisitOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/** Opens a browser without any history, as a new visitor. */
export async function visit(
  browser: Browser,
  { colorScheme = 'light', width = 1_280 }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 860 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  return { context, page, errors: collectPageErrors(page) };
}

interface Account {
  readonly email: string;
  readonly organizationId: string;
  readonly cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
}

/** One person for the tests of a file: signing up is limited for each network, and every test here comes from the same. */
let shared: Account | undefined;

/** Signs a person up through the API, with an organization of their own. */
export async function signUp(browser: Browser): Promise<Account> {
  const context = await browser.newContext();
  const email = `member-${crypto.randomUUID()}@example.com`;
  const response = await context.request.post(`${dashboardUrl}/api/auth/sign-up`, {
    headers: { origin: dashboardUrl },
    data: { email, password, organizationName: 'Lighthouse' },
  });
  expect(response.status()).toBe(201);
  const session: { memberships: { organization: { id: string } }[] } = await response.json();
  const cookies = await context.cookies(dashboardUrl);
  await context.close();
  return { email, organizationId: session.memberships[0]?.organization.id ?? '', cookies };
}

/** Gives a signed-in person a browser and a new project. It is the file's own person unless another is given. */
export async function newMember(browser: Browser, options: VisitOptions = {}, account?: Account): Promise<Member> {
  shared ??= account ?? (await signUp(browser));
  const { email, organizationId, cookies } = account ?? shared;
  const seen = await visit(browser, options);
  await seen.context.addCookies(cookies);
  const name = `Project ${crypto.randomUUID().slice(0, 8)}`;
  const created: { id: string } = await post(seen.context, `/api/organizations/${organizationId}/projects`, { name });
  const project = (place: string): string => `${dashboardUrl}/o/${organizationId}/p/${created.id}/${place}`;
  return { ...seen, email, organizationId, projectId: created.id, project };
}

/** Changes something through the API as the person of a browser; gives the answer of a success. */
async function post<Answer>(context: BrowserContext, path: string, data: unknown): Promise<Answer> {
  const csrf = (await context.cookies(dashboardUrl)).find((cookie) => cookie.name.endsWith('turnpike_csrf'));
  const response = await context.request.post(dashboardUrl + path, {
    headers: { origin: dashboardUrl, 'x-csrf-token': csrf?.value ?? '' },
    data,
  });
  expect(response.status()).toBe(201);
  return response.json();
}

/** Creates a key in the member's project; gives its secret. */
export async function createKey({ context, organizationId, projectId }: Member, name: string): Promise<string> {
  const created: { secret: string } = await post(context, `/api/organizations/${organizationId}/api-keys`, {
    projectId,
    name,
  });
  return created.secret;
}

export interface Answer {
  readonly status: number;
  readonly requestId: string;
  /** What the call cost, in nano-dollars; undefined for a call that failed. */
  readonly costNanoUsd: string | undefined;
  readonly code: string | undefined;
}

/** Calls the gateway as a program would. The sandbox answers, and does what a directive in the message says. */
export async function callGateway(
  apiKey: string,
  content = 'Say hello.',
  model = 'openai/gpt-5.4-mini',
): Promise<Answer> {
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  const body: { usage?: { cost_nano_usd: string }; error?: { code: string } } = JSON.parse(await response.text());
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? '',
    costNanoUsd: body.usage?.cost_nano_usd,
    code: body.error?.code,
  };
}

/** Begins a stream of the sandbox and leaves after its first piece; gives the request id. */
export async function leaveStream(apiKey: string): Promise<string> {
  const leaving = new AbortController();
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openai/gpt-5.4-mini',
      stream: true,
      max_tokens: 400,
      messages: [{ role: 'user', content: 'Tell me everything. [sandbox: tokens=400 gap=50]' }],
    }),
  });
  await response.body?.getReader().read();
  leaving.abort();
  return response.headers.get('x-request-id') ?? '';
}

/** Reads an exact amount of a page, `$0.000014625`, in millionths of a nano-dollar, so that amounts can be added. */
export function readAmount(text: string): bigint {
  const match = /^(−?)\$([\d,]+)\.(\d+)$/.exec(text.trim());
  if (match === null) {
    throw new Error(`This is no exact amount: ${text}`);
  }
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole.replaceAll(',', '') + fraction.padEnd(15, '0'));
  return sign === '' ? value : -value;
}
