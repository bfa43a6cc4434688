import { createdApiKeySchema } from '@turnpike/contracts/api-keys';
import { balanceSchema } from '@turnpike/contracts/organizations';
import { callDetailSchema, callListSchema, usageSeriesSchema, usageSummarySchema } from '@turnpike/contracts/usage';
import type { CallListView } from '@turnpike/contracts/usage';
import { renderId } from '@turnpike/core/ids';
import { zeroUsage } from '@turnpike/core/inference/usage';
import { nanoUsd } from '@turnpike/core/money';
import { newId } from '@turnpike/db/new-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedIn } from '../../testing/api-client.ts';
import { defaultProjectOf, startControlHarness, uuidOf } from '../../testing/control-harness.ts';
import type { ControlHarness } from '../../testing/control-harness.ts';
import { recordCall } from '../../testing/usage-rows.ts';
import type { CallOwner } from '../../testing/usage-rows.ts';

const minuteMs = 60_000;

let harness: ControlHarness;
let person: SignedIn;
let owner: CallOwner;
let path: string;
/** 12:00 UTC yesterday: hours and days of the fixtures do not depend on when the tests run. */
const noonMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 12 * 60 * minuteMs;
const range = `from=${new Date(noonMs - 60 * minuteMs).toISOString()}&to=${new Date(noonMs + 120 * minuteMs).toISOString()}`;

beforeAll(async () => {
  harness = await startControlHarness();
  person = await harness.signUp();
  path = `/api/organizations/${person.organizationId}/usage`;
  const projectId = await defaultProjectOf(person);
  const answer = await person.client.request('POST', `/api/organizations/${person.organizationId}/api-keys`, {
    body: { projectId, name: 'Shop' },
  });
  const { apiKey } = answer.as(createdApiKeySchema);
  owner = { organizationId: person.organizationId, projectId, apiKeyId: apiKey.id };
});

afterAll(() => harness.close());

const failed = { state: 'failed', failureKind: 'overloaded', failureMessage: 'busy', upstreamStatus: 529 } as const;

async function list(query: string): Promise<CallListView> {
  return (await person.client.request('GET', `${path}/calls?${query}`)).as(callListSchema);
}

describe('the request log', () => {
  let ids: string[];

  beforeAll(async () => {
    const recorded = [
      await recordCall(harness, owner, [{ atMs: noonMs, call: { endUser: 'shopper-1' } }]),
      await recordCall(harness, owner, [
        { atMs: noonMs + minuteMs, outcome: { ...failed, chargeNanoUsd: nanoUsd(0n), usage: zeroUsage } },
        {
          attempt: { providerId: 'bedrock', endpointId: 'anthropic/claude-sonnet-5@bedrock' },
          outcome: { chargeNanoUsd: nanoUsd(3_000n) },
        },
      ]),
      await recordCall(harness, owner, [
        { atMs: noonMs + 70 * minuteMs, outcome: { ...failed, chargeNanoUsd: nanoUsd(0n), usage: zeroUsage } },
      ]),
      await recordCall(harness, owner, [
        {
          atMs: noonMs + 80 * minuteMs,
          call: { isStream: true, mode: 'test', requestedModel: 'gpt-4o' },
          attempt: { modelSlug: 'openai/gpt-4o', providerId: 'openai' },
          outcome: { isCancelled: true, durationMs: 9_000, endedAtMs: noonMs + 80 * minuteMs + 9_000 },
        },
      ]),
    ];
    ids = recorded.map((id) => renderId('request', id));
  });

  it('lists calls, newest first, each once with all its attempts together', async () => {
    const { items, nextCursor } = await list(range);
    expect(nextCursor).toBeNull();
    expect(
      items.map(({ requestId, status, attemptCount }) => [ids.indexOf(requestId), status, attemptCount]),
    ).toStrictEqual([
      [3, 'cancelled', 1],
      [2, 'error', 1],
      [1, 'success', 2],
      [0, 'success', 1],
    ]);
    expect(items[2]).toMatchObject({
      providerId: 'bedrock',
      chargeNanoUsd: '3000',
      chargeUsd: '0.000003',
      totalInputTokens: 100,
      totalOutputTokens: 20,
      durationMs: 350,
    });
    expect(items[3]).toMatchObject({
      generationId: ids[0]?.replace('req_', 'gen_'),
      apiKey: { id: owner.apiKeyId, name: 'Shop' },
      endUser: 'shopper-1',
      model: 'anthropic/claude-sonnet-5',
      requestedModel: 'claude-sonnet-5',
      finishReason: 'stop',
      firstContentMs: 40,
    });
  });

  it.each([
    ['status=success', [1, 0]],
    ['status=error,cancelled', [3, 2]],
    ['model=openai/gpt-4o', [3]],
    ['model=gpt-4o', [3]],
    ['providerId=bedrock', [1]],
    ['mode=live', [2, 1, 0]],
    ['isStream=true', [3]],
    ['isStream=false', [2, 1, 0]],
    ['minDurationMs=5000', [3]],
    ['minChargeUsd=0.000002', [1]],
  ])('filters by %s', async (filter, expected) => {
    const { items } = await list(`${range}&${filter}`);
    expect(items.map(({ requestId }) => ids.indexOf(requestId))).toStrictEqual(expected);
  });

  it('finds one call by its id', async () => {
    const { items } = await list(`${range}&requestId=${ids[2]}`);
    expect(items.map(({ requestId }) => requestId)).toStrictEqual([ids[2]]);
  });

  it('walks through pages without losing or repeating a call', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: CallListView = await list(`${range}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ requestId }) => requestId));
      cursor = page.nextCursor;
    }
    expect(seen).toStrictEqual(ids.toReversed());
  });

  it('sums up what it lists', async () => {
    const answer = await person.client.request('GET', `${path}/summary?${range}`);
    expect(answer.as(usageSummarySchema)).toMatchObject({
      totals: { calls: 4, failedCalls: 1, chargeNanoUsd: '5000', totalInputTokens: 300, totalOutputTokens: 60 },
      durationP50Ms: 250,
      firstContentP50Ms: 40,
    });
  });

  it('draws it by the hour, without buckets in which nothing happened', async () => {
    const answer = await person.client.request('GET', `${path}/series?${range}&interval=hour`);
    const { groups } = answer.as(usageSeriesSchema);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ key: 'all', label: 'All calls', totals: { calls: 4, chargeNanoUsd: '5000' } });
    expect(groups[0]?.points.map(({ at, totals }) => [at, totals.calls, totals.chargeNanoUsd])).toStrictEqual([
      [new Date(noonMs).toISOString(), 2, '4000'],
      [new Date(noonMs + 60 * minuteMs).toISOString(), 2, '1000'],
    ]);
  });

  it.each([
    [
      'model',
      [
        ['anthropic/claude-sonnet-5', 'anthropic/claude-sonnet-5', 3],
        ['openai/gpt-4o', 'openai/gpt-4o', 1],
      ],
    ],
    [
      'provider',
      [
        ['bedrock', 'bedrock', 1],
        ['anthropic', 'anthropic', 2],
        ['openai', 'openai', 1],
      ],
    ],
  ])('draws it by %s, the dearest first', async (groupBy, expected) => {
    const answer = await person.client.request('GET', `${path}/series?${range}&interval=day&groupBy=${groupBy}`);
    const { groups } = answer.as(usageSeriesSchema);
    expect(groups.map(({ key, label, totals }) => [key, label, totals.calls])).toStrictEqual(expected);
  });

  it.each([
    ['apiKey', () => [owner.apiKeyId, 'Shop']],
    ['project', () => [owner.projectId, 'Default']],
  ] as const)('names groups of %s', async (groupBy, expected) => {
    const answer = await person.client.request('GET', `${path}/series?${range}&interval=day&groupBy=${groupBy}`);
    expect(answer.as(usageSeriesSchema).groups.map(({ key, label }) => [key, label])).toStrictEqual([expected()]);
  });

  it('puts everything beyond the top groups together', async () => {
    const answer = await person.client.request('GET', `${path}/series?${range}&interval=day&groupBy=provider&top=1`);
    const { groups } = answer.as(usageSeriesSchema);
    expect(groups.map(({ key, label, totals }) => [key, label, totals.calls])).toStrictEqual([
      ['bedrock', 'bedrock', 1],
      [null, 'Other', 3],
    ]);
  });

  it('spends what is not in the ledger yet', async () => {
    const answer = await person.client.request('GET', `/api/organizations/${person.organizationId}/balance`);
    expect(answer.as(balanceSchema)).toMatchObject({
      postedNanoUsd: '5000000000',
      unpostedNanoUsd: '5000',
      availableNanoUsd: '4999995000',
    });
  });

  it.each([
    ['from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['from=yesterday', 'from'],
    ['minChargeUsd=-1', 'minChargeUsd'],
    ['isStream=maybe', 'isStream'],
    ['status=fine', 'status.0'],
    ['minDurationMs=1.5', 'minDurationMs'],
  ])('names the parameter of %s', async (query, param) => {
    const answer = await person.client.request('GET', `${path}/calls?${query}`);
    expect([answer.status, answer.error().param]).toStrictEqual([400, param]);
  });

  it('draws no more hours than a month has', async () => {
    const query = 'from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z';
    const hours = await person.client.request('GET', `${path}/series?${query}&interval=hour`);
    const days = await person.client.request('GET', `${path}/series?${query}&interval=day`);
    expect([hours.status, hours.error().param, days.status]).toStrictEqual([400, 'interval', 200]);
  });
});

describe('the detail of a call', () => {
  const priceId = newId<'price'>();

  beforeAll(async () => {
    await harness.owner.query(
      `INSERT INTO model (slug, name, author, operation, released_at, updated_at)
       VALUES ('anthropic/claude-sonnet-5', 'Claude Sonnet 5', 'anthropic', 'chat', now(), now())`,
    );
    await harness.owner.query(
      `INSERT INTO endpoint (id, model_slug, provider_id, upstream_model, protocol, updated_at)
       VALUES ('anthropic/claude-sonnet-5@anthropic', 'anthropic/claude-sonnet-5', 'anthropic', 'claude-sonnet-5', 'anthropic-messages', now())`,
    );
    await harness.owner.query(
      `INSERT INTO price (id, endpoint_id, effective_from, source) VALUES ($1, 'anthropic/claude-sonnet-5@anthropic', '2025-01-01', 'test')`,
      [priceId],
    );
    await harness.owner.query(
      `INSERT INTO price_rate (price_id, above_input_tokens, input_nano_usd_per_million, output_nano_usd_per_million)
       VALUES ($1, 0, 3000000000, 15000000000)`,
      [priceId],
    );
  });

  it('explains its cost line by line, to the nano-dollar', async () => {
    // 101 × 3,000 + 20 × 15,000 nano-dollars.
    const requestId = await recordCall(harness, owner, [
      {
        attempt: { priceId },
        outcome: { usage: { ...zeroUsage, inputTokens: 101, outputTokens: 20 }, chargeNanoUsd: nanoUsd(603_000n) },
      },
    ]);
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', requestId)}`);
    const call = answer.as(callDetailSchema);
    expect(call).toMatchObject({ chargeUsd: '0.000603', correctionNanoUsd: '0' });
    expect(call.attempts).toHaveLength(1);
    expect(call.attempts[0]?.cost).toStrictEqual({
      lines: [
        {
          bucket: 'input',
          unit: 'token',
          quantity: 101,
          usdPerMillion: '3',
          nanoUsdPerMillion: '3000000000',
          amountUsd: '0.000303',
        },
        {
          bucket: 'output',
          unit: 'token',
          quantity: 20,
          usdPerMillion: '15',
          nanoUsdPerMillion: '15000000000',
          amountUsd: '0.0003',
        },
      ],
      price: { id: priceId, effectiveFrom: '2025-01-01T00:00:00.000Z', aboveInputTokens: null },
      priceBookEntry: null,
      totalUsd: '0.000603',
      totalNanoUsd: '603000',
      recomputedNanoUsd: '603000',
      matches: true,
    });
  });

  it('shows every attempt in order, the failed ones free of charge', async () => {
    const requestId = await recordCall(harness, owner, [
      { attempt: { priceId }, outcome: { ...failed, chargeNanoUsd: nanoUsd(0n), usage: zeroUsage } },
      { attempt: { priceId }, outcome: { chargeNanoUsd: nanoUsd(600_000n) } },
    ]);
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', requestId)}`);
    const { attempts } = answer.as(callDetailSchema);
    expect(
      attempts.map(({ attempt, state, failureKind, cost }) => [attempt, state, failureKind, cost.totalUsd]),
    ).toStrictEqual([
      [1, 'failed', 'overloaded', '0'],
      [2, 'settled', null, '0.0006'],
    ]);
    expect(attempts[0]).toMatchObject({ failureMessage: 'busy', upstreamStatus: 529, cost: { lines: [] } });
  });

  it("explains a charge by the organization's own price book", async () => {
    const [bookId, entryId] = [newId<'priceBook'>(), newId<'priceBook'>()];
    await harness.owner.query(`INSERT INTO price_book (id, name) VALUES ($1, 'Partners')`, [bookId]);
    await harness.owner.query(
      `INSERT INTO price_book_entry (id, price_book_id, numerator, denominator, effective_from) VALUES ($1, $2, 11, 10, now())`,
      [entryId, bookId],
    );
    await harness.owner.query('UPDATE organization SET price_book_id = $1 WHERE id = $2', [
      bookId,
      uuidOf('organization', person.organizationId),
    ]);
    const requestId = await recordCall(harness, owner, [
      { attempt: { priceId, priceBookEntryId: entryId }, outcome: { chargeNanoUsd: nanoUsd(660_000n) } },
    ]);
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', requestId)}`);
    expect(answer.as(callDetailSchema).attempts[0]?.cost).toMatchObject({
      priceBookEntry: { id: entryId, numerator: '11', denominator: '10' },
      totalNanoUsd: '660000',
      matches: true,
    });
  });

  it('adds a later correction to what the attempts came to', async () => {
    const requestId = await recordCall(harness, owner, [
      { outcome: { isUnpriced: true, chargeNanoUsd: nanoUsd(900n) } },
    ]);
    await harness.owner.query(
      `INSERT INTO usage_correction (id, batch_id, organization_id, project_id, api_key_id, request_id, attempt, reason,
                                     provider_cost_delta_nano_usd, charge_delta_nano_usd)
       SELECT $1, batch_id, organization_id, project_id, api_key_id, request_id, attempt, 'price arrived', 0, -250
         FROM usage_attempt WHERE request_id = $2`,
      [newId<'usageBatch'>(), requestId],
    );
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', requestId)}`);
    expect(answer.as(callDetailSchema)).toMatchObject({
      chargeNanoUsd: '650',
      correctionNanoUsd: '-250',
      correctionUsd: '-0.00000025',
      isUnpriced: true,
    });
  });

  it('tells nobody what we owe the provider', async () => {
    const requestId = await recordCall(harness, owner, [{ outcome: { providerCostNanoUsd: nanoUsd(777_777n) } }]);
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', requestId)}`);
    expect(answer.text).not.toContain('777777');
    expect(uuidOf('request', answer.as(callDetailSchema).requestId)).toBe(requestId);
  });

  it('answers 404 to a call that does not exist', async () => {
    const answer = await person.client.request('GET', `${path}/calls/${renderId('request', newId<'request'>())}`);
    expect([answer.status, answer.error().code]).toStrictEqual([404, 'not_found']);
  });
});
