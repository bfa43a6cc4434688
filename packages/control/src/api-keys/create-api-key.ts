import type { CreateApiKeyInput, CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { apiKeyRandomBytes, makeApiKey } from '@turnpike/core/access/api-key';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { KeyRateLimit } from '@turnpike/db/api-keys';
import type { ControlContext } from '../services.ts';
import { toSettings } from './key-settings.ts';
import { renderApiKey } from './render-api-key.ts';

/** Ten calls a second: far above a person, far below a runaway loop. Anybody who needs more sets more. */
const defaultRateLimits: readonly KeyRateLimit[] = [{ kind: 'requests', limit: 600, windowMs: 60_000 }];

/**
 * Creates an API key and returns its secret, once: we keep only its digest. Throws GatewayError `access_denied`,
 * `not_found` for a project that is not the actor's, `invalid_request` for an end in the past.
 */
export async function createApiKey(context: ControlContext, input: CreateApiKeyInput): Promise<CreatedApiKeyView> {
  const { actor, database, clock, digests, randomBytes } = context;
  assertMay(actor, 'api_key.create', input.projectId);
  if (input.kind === 'management') {
    assertMay(actor, 'management_key.manage', input.projectId);
  }
  const settings = toSettings(input, clock.nowMs());
  const { secret, prefix, last4 } = makeApiKey(input.kind, randomBytes(apiKeyRandomBytes));
  const created = await database.forOrganization(actor.organizationId).apiKeys.create(
    {
      ...settings,
      rateLimits: settings.rateLimits ?? (input.kind === 'management' ? [] : defaultRateLimits),
      name: input.name,
      projectId: input.projectId,
      kind: input.kind === 'management' ? 'management' : 'inference',
      mode: input.kind === 'test' ? 'test' : 'live',
      digest: digests.apiKey(secret),
      prefix,
      last4,
      ...(actor.type === 'member' ? { memberId: actor.memberId, createdByUserId: actor.userId } : {}),
    },
    context,
  );
  if (created === undefined) {
    throw new GatewayError('not_found', 'There is no such project.');
  }
  return { apiKey: renderApiKey(created.key, clock.nowMs()), secret };
}
