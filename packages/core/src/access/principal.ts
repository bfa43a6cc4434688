import type { ApiKeyId, MemberId, OrganizationId, ProjectId } from '../ids.ts';
import type { RateLimit } from '../limits/rate-limit.ts';

/** What an API key resolves to in the data plane. Everything a call needs to know about its caller is here. */
export interface Principal {
  readonly organizationId: OrganizationId;
  readonly projectId: ProjectId;
  readonly apiKeyId: ApiKeyId;
  readonly memberId: MemberId | undefined;
  readonly keyName: string;
  /** Test keys reach the sandbox provider alone and are never billed. */
  readonly mode: 'live' | 'test';
  readonly kind: 'inference' | 'management';
  readonly status: 'active' | 'disabled' | 'revoked';
  readonly organizationStatus: 'active' | 'suspended';
  readonly expiresAtMs: number | undefined;
  /** Slugs or `author/*` patterns; undefined = every model. */
  readonly allowedModels: readonly string[] | undefined;
  /** Addresses or CIDR ranges; undefined = from anywhere. */
  readonly allowedIps: readonly string[] | undefined;
  readonly rateLimits: readonly RateLimit[];
  /** Slugs outside the catalogue are passed to the named provider, held at a ceiling price. */
  readonly allowsUnlistedModels: boolean;
  /** Streams carry usage although the client did not ask. */
  readonly alwaysSendsUsage: boolean;
  /** Failed calls list their attempts in the answer. */
  readonly exposesAttempts: boolean;
  readonly priceBookId: string | undefined;
}
