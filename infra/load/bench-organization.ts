import { apiKeyRandomBytes, makeApiKey } from '@turnpike/core/access/api-key';
import { nanoUsd } from '@turnpike/core/money';
import { createDatabase } from '@turnpike/db/client';
import { Secret } from '@turnpike/platform/config/secret';
import { digestApiKey, randomBytes } from '@turnpike/platform/crypto/digests';

/** Past what a run can spend, and still a real balance that every call is held against. */
const creditNanoUsd = nanoUsd(100_000n * 1_000_000_000n);
/** Past what a run can reach: the limits are counted on every call and refuse none. */
const limits = [
  { kind: 'requests', limit: 100_000_000, windowMs: 60_000 },
  { kind: 'tokens', limit: 1_000_000_000_000, windowMs: 60_000 },
  { kind: 'concurrency', limit: 1_000_000, windowMs: 0 },
] as const;

/** Opens the organization that calls during a run, with a prepaid balance and limits, and returns the secret of its key. */
export async function openBenchOrganization(databaseUrl: string, apiKeyPepper: string): Promise<string> {
  const database = createDatabase({ url: databaseUrl, poolSize: 2, applicationName: 'bench' });
  try {
    const opened = await database.signUp({
      email: 'bench@example.com',
      name: 'Bench',
      passwordHash: 'none: nobody signs in here',
      organizationName: 'Bench',
      trialCreditNanoUsd: creditNanoUsd,
      ip: undefined,
    });
    if (opened.outcome !== 'created') throw new Error('The database of the bench is not empty.');
    const { organizationId, projectId } = opened;
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
    return key.secret;
  } finally {
    await database.close();
  }
}
