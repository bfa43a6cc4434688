import { randomUUID } from 'node:crypto';
import { apiKeyRandomBytes, makeApiKey } from '@turnpike/core/access/api-key';
import type { OrganizationId } from '@turnpike/core/ids';
import { nanoUsd } from '@turnpike/core/money';
import { createDatabase } from '@turnpike/db/client';
import { postTransaction } from '@turnpike/db/posting';
import { Secret } from '@turnpike/platform/config/secret';
import { digestApiKey, randomBytes } from '@turnpike/platform/crypto/digests';
import pg from 'pg';

/** Past what a run can spend, and still a balance that every call is held against. */
const paidNanoUsd = 1_000_000n * 1_000_000_000n;
/** Past what a run can reach: the limits are counted on every call and refuse none. */
const limits = [
  { kind: 'requests', limit: 100_000_000, windowMs: 60_000 },
  { kind: 'tokens', limit: 1_000_000_000_000, windowMs: 60_000 },
  { kind: 'concurrency', limit: 1_000_000, windowMs: 0 },
] as const;

/** Who calls during a run. */
export interface BenchOrganization {
  readonly organizationId: OrganizationId;
  /** Secret of its key. */
  readonly apiKey: string;
}

/** Opens the organization that calls during a run: prepaid, with limits on itself and on its key. */
export async function openBenchOrganization(
  appUrl: string,
  workerUrl: string,
  apiKeyPepper: string,
): Promise<BenchOrganization> {
  const database = createDatabase({ url: appUrl, poolSize: 2, applicationName: 'bench' });
  try {
    const opened = await database.signUp({
      email: 'bench@example.com',
      name: 'Bench',
      passwordHash: 'none: nobody signs in here',
      organizationName: 'Bench',
      trialCreditNanoUsd: nanoUsd(0n),
      ip: undefined,
    });
    if (opened.outcome !== 'created') throw new Error('There is a bench organization already.');
    const { organizationId, projectId } = opened;
    await pay(workerUrl, organizationId);
    const key = makeApiKey('live', randomBytes(apiKeyRandomBytes));
    const by = { actor: { type: 'system', organizationId, name: 'bench' }, ip: undefined } as const;
    const rows = database.forOrganization(organizationId);
    await rows.rateLimits.replace({ scope: 'organization' }, limits, by);
    await rows.apiKeys.create(
      {
        projectId,
        name: 'bench',
        kind: 'inference',
        mode: 'live',
        digest: digestApiKey(new Secret(apiKeyPepper), key.secret),
        prefix: key.prefix,
        last4: key.last4,
        rateLimits: limits,
      },
      by,
    );
    return { organizationId, apiKey: key.secret };
  } finally {
    await database.close();
  }
}

async function pay(workerUrl: string, organizationId: OrganizationId): Promise<void> {
  const pool = new pg.Pool({ connectionString: workerUrl, max: 1 });
  try {
    await postTransaction(pool, {
      organizationId,
      sourceType: 'payment',
      sourceId: randomUUID(),
      description: 'What the bench may spend',
      entries: [
        { account: 'prepaid', amountNanoUsd: nanoUsd(paidNanoUsd) },
        { account: 'payment_clearing', amountNanoUsd: nanoUsd(-paidNanoUsd) },
      ],
    });
  } finally {
    await pool.end();
  }
}
