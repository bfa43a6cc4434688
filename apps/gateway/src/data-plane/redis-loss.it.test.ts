import { Secret } from '@turnpike/platform/config/secret';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { readAccount } from '@turnpike/platform/redis/hold-store';
import {
  closeConnection,
  createBackgroundConnection,
  type RedisConnection,
} from '@turnpike/platform/redis/redis-client';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { startGatewayFixture, type GatewayFixture } from '../testing/gateway-fixture.ts';

let gateway: GatewayFixture;
let redis: RedisConnection;

beforeAll(async () => {
  gateway = await startGatewayFixture();
  redis = createBackgroundConnection({
    url: new Secret(gateway.redis.url),
    name: 'test',
    logger: createSilentLogger(),
  });
});
afterAll(async () => {
  await closeConnection(redis);
  await gateway.stop();
});

it('knows an organization’s money again after Redis has forgotten everything, to the nano-dollar', async () => {
  const creditNanoUsd = 5_000_000_000n;
  const tenant = await gateway.createTenant({ creditNanoUsd });
  const { secret } = await tenant.createKey();
  const call = () =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({
        model: 'acme/solo',
        max_tokens: 100,
        messages: [{ role: 'user', content: '[sandbox: tokens=50]' }],
      }),
    });
  for (let round = 0; round < 3; round += 1) {
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await call()).status));
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
    await gateway.redis.flush();
  }
  expect((await call()).status).toBe(200);

  const calls = 31;
  await expect
    .poll(
      async () => {
        const { rows } = await gateway.owner.query<{ count: string; sum: string }>(
          'SELECT count(*), sum(charge_nano_usd) FROM usage_attempt WHERE organization_id = $1',
          [tenant.organizationId],
        );
        const account = await readAccount(redis, tenant.organizationId);
        const unaccountedNanoUsd = creditNanoUsd - BigInt(rows[0]?.sum ?? 0) - (account?.spendableNanoUsd ?? 0n);
        return { calls: Number(rows[0]?.count), unaccountedNanoUsd, heldNanoUsd: account?.heldNanoUsd };
      },
      { timeout: 10_000 },
    )
    .toEqual({ calls, unaccountedNanoUsd: 0n, heldNanoUsd: 0n });
});
