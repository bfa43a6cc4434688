import { createHmac, randomBytes, randomUUID } from 'node:crypto';

import { apiKeyRandomBytes, makeApiKey } from '@turnpike/core/access/api-key';
import { asId, mintId, type ApiKeyId, type OrganizationId } from '@turnpike/core/ids';
import type pg from 'pg';

/** A tenant in a test database: an organization with credit, a project, and keys on demand. */
export interface TestTenant {
  readonly organizationId: OrganizationId;
  readonly projectId: string;
  createKey(options?: TestKeyOptions): Promise<TestKey>;
  /** Adds credit by a ledger transaction, as the control plane does. */
  setRateLimit(limit: {
    readonly scopeId: string;
    readonly scope: 'key' | 'organization';
    readonly kind: string;
    readonly limit: number;
    readonly windowMs: number;
  }): Promise<void>;
}

export interface TestKeyOptions {
  readonly mode?: 'live' | 'test';
  readonly kind?: 'inference' | 'management';
  readonly status?: 'active' | 'disabled' | 'revoked';
  readonly expiresAt?: Date;
  readonly allowedModels?: readonly string[];
  readonly allowedIps?: readonly string[];
}

export interface TestKey {
  readonly id: ApiKeyId;
  readonly secret: string;
  readonly digestHex: string;
}

export interface TestTenantOptions {
  readonly creditNanoUsd?: bigint;
  readonly allowsUnlistedModels?: boolean;
  readonly alwaysSendsUsage?: boolean;
  readonly exposesAttempts?: boolean;
  readonly organizationStatus?: 'active' | 'suspended';
}

const newId = (): string => mintId<'organization'>(Date.now(), randomBytes(10));

/** Makes a tenant as the owner of the tables. */
export async function createTenant(
  owner: pg.Pool,
  pepper: string,
  options: TestTenantOptions = {},
): Promise<TestTenant> {
  const organizationId = asId<'organization'>(newId());
  const projectId = newId();
  await owner.query(
    `INSERT INTO organization (id, name, slug, status, allows_unlisted_models, always_sends_usage, exposes_attempts, updated_at)
     VALUES ($1, 'Test', $2, $3, $4, $5, $6, now())`,
    [
      organizationId,
      `test-${randomUUID()}`,
      options.organizationStatus ?? 'active',
      options.allowsUnlistedModels ?? false,
      options.alwaysSendsUsage ?? false,
      options.exposesAttempts ?? false,
    ],
  );
  await owner.query(
    `INSERT INTO project (id, organization_id, name, is_default, updated_at) VALUES ($1, $2, 'Default', true, now())`,
    [projectId, organizationId],
  );
  if ((options.creditNanoUsd ?? 1n) > 0n) {
    await grantCredit(owner, organizationId, options.creditNanoUsd ?? 5_000_000_000n);
  }

  return {
    organizationId,
    projectId,
    async createKey(key = {}) {
      const mode = key.mode ?? 'live';
      const kind = key.kind ?? 'inference';
      const made = makeApiKey(kind === 'management' ? 'management' : mode, randomBytes(apiKeyRandomBytes));
      const digest = createHmac('sha256', pepper).update(made.secret).digest();
      const id = asId<'apiKey'>(newId());
      await owner.query(
        `INSERT INTO api_key (id, organization_id, project_id, name, kind, mode, digest, prefix, last4, status, allows_all_models,
                              allowed_models, allows_all_ips, allowed_ips, expires_at, revoked_at, updated_at)
         VALUES ($1, $2, $3, 'Test key', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now())`,
        [
          id,
          organizationId,
          projectId,
          kind,
          mode,
          digest,
          made.prefix,
          made.last4,
          key.status ?? 'active',
          key.allowedModels === undefined,
          key.allowedModels ?? [],
          key.allowedIps === undefined,
          key.allowedIps ?? [],
          key.expiresAt ?? null,
          key.status === 'revoked' ? new Date() : null,
        ],
      );
      return { id, secret: made.secret, digestHex: digest.toString('hex') };
    },
    async setRateLimit({ scope, scopeId, kind, limit, windowMs }) {
      await owner.query(
        `INSERT INTO rate_limit (id, organization_id, scope, scope_id, kind, limit_value, window_ms, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
        [newId(), organizationId, scope, scopeId, kind, limit, windowMs],
      );
    },
  };
}

async function grantCredit(owner: pg.Pool, organizationId: OrganizationId, amountNanoUsd: bigint): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('app.org', $1, true)`, [organizationId]);
    await client.query('SELECT app.grant_trial_credit($1, $2, $3, $4, $5)', [
      organizationId,
      newId(),
      [newId(), newId()],
      [newId(), newId()],
      amountNanoUsd.toString(),
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** A model with its endpoints and prices, in nano-USD per million tokens. */
export interface TestModel {
  readonly slug: string;
  readonly operation?: 'chat' | 'embeddings';
  readonly maxOutputTokens?: number;
  readonly endpoints: readonly {
    readonly providerId: string;
    readonly protocol: string;
    readonly input: bigint;
    readonly output: bigint;
    readonly upstreamModel?: string;
  }[];
}

/** Puts a model into the catalogue. */
export async function addModel(owner: pg.Pool, model: TestModel): Promise<void> {
  await owner.query(
    `INSERT INTO model (slug, name, author, operation, aliases, input_modalities, output_modalities, supports_tools, supports_reasoning,
                        supports_json_schema, context_tokens, max_output_tokens, released_at, updated_at)
     VALUES ($1, $1, split_part($1, '/', 1), $2, ARRAY[split_part($1, '/', 2)], '{text}', '{text}', true, true, true, 128000, $3, now(), now())`,
    [model.slug, model.operation ?? 'chat', model.maxOutputTokens ?? 4_096],
  );
  for (const endpoint of model.endpoints) {
    const endpointId = `${model.slug}@${endpoint.providerId}`;
    const priceId = newId();
    await owner.query(
      `INSERT INTO endpoint (id, model_slug, provider_id, upstream_model, protocol, max_output_tokens, updated_at) VALUES ($1, $2, $3, $4, $5, $6, now())`,
      [
        endpointId,
        model.slug,
        endpoint.providerId,
        endpoint.upstreamModel ?? model.slug.split('/')[1],
        endpoint.protocol,
        model.maxOutputTokens ?? 4_096,
      ],
    );
    await owner.query(
      `INSERT INTO price (id, endpoint_id, effective_from, source) VALUES ($1, $2, now() - interval '1 day', 'test')`,
      [priceId, endpointId],
    );
    await owner.query(
      `INSERT INTO price_rate (price_id, above_input_tokens, input_nano_usd_per_million, output_nano_usd_per_million) VALUES ($1, 0, $2, $3)`,
      [priceId, endpoint.input.toString(), endpoint.output.toString()],
    );
  }
}
