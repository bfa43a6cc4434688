import { z } from 'zod';
import { commaList, idIn, idOut, momentIn, nameIn, pageOf, pageQuery, timestamp } from './primitives.ts';

export const apiKeyKinds = ['live', 'test', 'management'] as const;
export const apiKeyStatuses = ['active', 'disabled', 'expired', 'revoked'] as const;

/** A ceiling per window. Concurrency has no window. */
export const rateLimitSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['requests', 'tokens']),
      limit: z.int().min(1).max(1_000_000_000),
      windowSeconds: z.int().min(1).max(86_400),
    }),
    z.strictObject({ kind: z.literal('concurrency'), limit: z.int().min(1).max(100_000) }),
  ])
  .meta({ id: 'RateLimit' });

export type RateLimitView = z.infer<typeof rateLimitSchema>;

export const apiKeySchema = z
  .object({
    id: idOut('apiKey'),
    projectId: idOut('project'),
    name: z.string(),
    kind: z.enum(apiKeyKinds).meta({
      description:
        '`live` calls models; `test` calls the sandbox and is never billed; `management` calls this API alone.',
    }),
    prefix: z
      .string()
      .meta({ description: 'The start of the key, to recognise it.', examples: ['sk-tp-live-3kTz81mQx0Ab'] }),
    last4: z.string(),
    status: z.enum(apiKeyStatuses),
    rateLimits: z.array(rateLimitSchema),
    allowedModels: z.array(z.string()).nullable().meta({ description: 'Slugs or `author/*`; null = every model.' }),
    allowedIps: z.array(z.string()).nullable().meta({ description: 'Addresses or CIDR ranges; null = from anywhere.' }),
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    createdAt: timestamp,
    createdByUserId: idOut('user').nullable(),
  })
  .meta({ id: 'ApiKey' });

export type ApiKeyView = z.infer<typeof apiKeySchema>;

export const apiKeyListSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyList' });
export type ApiKeyListView = z.infer<typeof apiKeyListSchema>;

/** The only answer that ever holds the secret. */
export const createdApiKeySchema = z
  .object({
    apiKey: apiKeySchema,
    secret: z.string().meta({ description: 'The whole key. It is shown once: we keep only a digest.' }),
  })
  .meta({ id: 'CreatedApiKey' });

export type CreatedApiKeyView = z.infer<typeof createdApiKeySchema>;

const modelPattern = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9._~:-]*\/(\*|[A-Za-z0-9][A-Za-z0-9._~:/@-]*)$/, 'Expected `author/model` or `author/*`.');
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'Expected an address or a CIDR range.',
});

const settings = {
  name: nameIn(),
  allowedModels: z.array(modelPattern).min(1).max(200).nullable().optional(),
  allowedIps: z.array(address).min(1).max(100).nullable().optional(),
  rateLimits: z.array(rateLimitSchema).max(6).optional(),
  expiresAt: momentIn.nullable().optional(),
};

export const createApiKeyInput = z
  .strictObject({ projectId: idIn('project'), kind: z.enum(apiKeyKinds).default('live'), ...settings })
  .meta({ id: 'CreateApiKey' });

export type CreateApiKeyInput = z.output<typeof createApiKeyInput>;

export const updateApiKeyInput = z
  .strictObject({ ...settings, name: settings.name.optional(), isEnabled: z.boolean().optional() })
  .meta({ id: 'UpdateApiKey', description: 'Only the fields that are given change.' });

export type UpdateApiKeyInput = z.output<typeof updateApiKeyInput>;

export const apiKeyParams = z.object({ organizationId: idIn('organization'), apiKeyId: idIn('apiKey') });

export const listApiKeysQuery = z.strictObject({
  projectId: idIn('project').optional(),
  kind: commaList(z.enum(apiKeyKinds)).optional().meta({ description: 'Comma-separated: live, test, management.' }),
  status: commaList(z.enum(apiKeyStatuses)).optional().meta({
    description:
      'Comma-separated: active, disabled, expired, revoked. Revoked keys are listed only when they are asked for.',
  }),
  ...pageQuery,
});

export type ListApiKeysQuery = z.output<typeof listApiKeysQuery>;
