import type { JsonObject } from './json.ts';

/** Who has to act: the caller's code, the tenant's plan or settings, a provider, or us. Only `gateway` pages anyone. */
export type Blame = 'client' | 'account' | 'upstream' | 'gateway';

interface ErrorKind {
  readonly status: number;
  readonly blame: Blame;
  readonly isRetryable: boolean;
  /** `error.type` of the OpenAI shape. */
  readonly type: string;
  /** `error.type` of the Anthropic shape: https://docs.anthropic.com/en/api/errors */
  readonly anthropicType: string;
  /** The word that OpenRouter's clients read in `metadata.error_type`. */
  readonly errorType: string;
}

const kind = (
  status: number,
  blame: Blame,
  type: string,
  anthropicType: string,
  errorType: string,
  isRetryable = false,
): ErrorKind => ({ status, blame, isRetryable, type, anthropicType, errorType });

/** Every code that a caller can meet. The statuses and types are the wire contract: changing one breaks clients. */
export const errorCatalogue = {
  missing_api_key: kind(401, 'client', 'authentication_error', 'authentication_error', 'authentication'),
  invalid_api_key: kind(401, 'client', 'authentication_error', 'authentication_error', 'authentication'),
  expired_api_key: kind(401, 'account', 'authentication_error', 'authentication_error', 'authentication'),
  unauthenticated: kind(401, 'client', 'authentication_error', 'authentication_error', 'authentication'),
  model_access_denied: kind(403, 'account', 'permission_error', 'permission_error', 'permission_denied'),
  ip_not_allowed: kind(403, 'account', 'permission_error', 'permission_error', 'permission_denied'),
  access_denied: kind(403, 'account', 'permission_error', 'permission_error', 'permission_denied'),
  account_suspended: kind(403, 'account', 'permission_error', 'permission_error', 'permission_denied'),
  guardrail_blocked: kind(403, 'account', 'permission_error', 'permission_error', 'content_policy_violation'),
  insufficient_credits: kind(402, 'account', 'billing_error', 'billing_error', 'payment_required'),
  credits_reserved: kind(402, 'account', 'billing_error', 'billing_error', 'payment_required', true),
  budget_exceeded: kind(402, 'account', 'billing_error', 'billing_error', 'payment_required'),
  model_not_found: kind(404, 'client', 'invalid_request_error', 'not_found_error', 'not_found'),
  no_eligible_endpoint: kind(404, 'client', 'invalid_request_error', 'not_found_error', 'not_found'),
  not_found: kind(404, 'client', 'invalid_request_error', 'not_found_error', 'not_found'),
  method_not_allowed: kind(405, 'client', 'invalid_request_error', 'invalid_request_error', 'invalid_request'),
  conflict: kind(409, 'client', 'invalid_request_error', 'invalid_request_error', 'precondition_failed'),
  idempotency_key_in_use: kind(
    409,
    'client',
    'invalid_request_error',
    'invalid_request_error',
    'precondition_failed',
    true,
  ),
  idempotency_unknown: kind(409, 'gateway', 'invalid_request_error', 'invalid_request_error', 'precondition_failed'),
  idempotency_key_reused: kind(422, 'client', 'invalid_request_error', 'invalid_request_error', 'unprocessable'),
  rate_limit_exceeded: kind(429, 'account', 'rate_limit_error', 'rate_limit_error', 'rate_limit_exceeded', true),
  context_length_exceeded: kind(
    400,
    'client',
    'invalid_request_error',
    'invalid_request_error',
    'context_length_exceeded',
  ),
  unsupported_parameter: kind(400, 'client', 'invalid_request_error', 'invalid_request_error', 'invalid_request'),
  invalid_request: kind(400, 'client', 'invalid_request_error', 'invalid_request_error', 'invalid_request'),
  content_policy_violation: kind(
    400,
    'client',
    'content_policy_error',
    'invalid_request_error',
    'content_policy_violation',
  ),
  payload_too_large: kind(413, 'client', 'invalid_request_error', 'request_too_large', 'payload_too_large'),
  unsupported_media_type: kind(415, 'client', 'invalid_request_error', 'invalid_request_error', 'invalid_request'),
  upstream_error: kind(502, 'upstream', 'server_error', 'api_error', 'provider_unavailable', true),
  upstream_malformed: kind(502, 'upstream', 'server_error', 'api_error', 'provider_unavailable', true),
  overloaded: kind(503, 'upstream', 'server_error', 'overloaded_error', 'provider_overloaded', true),
  service_unavailable: kind(503, 'gateway', 'server_error', 'overloaded_error', 'server', true),
  upstream_timeout: kind(504, 'upstream', 'timeout_error', 'timeout_error', 'timeout', true),
  client_closed: kind(499, 'client', 'invalid_request_error', 'invalid_request_error', 'timeout'),
  internal: kind(500, 'gateway', 'server_error', 'api_error', 'server', true),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface GatewayErrorOptions {
  /** What went wrong underneath; for the log alone. */
  readonly cause?: unknown;
  /** Facts for the log alone. */
  readonly detail?: JsonObject;
  /** Facts for the caller: `error.metadata` of the answer. Never a secret, an internal host or a provider's page. */
  readonly metadata?: JsonObject;
  /** The request's field that is wrong: `error.param`. */
  readonly param?: string;
  /** Seconds after which a retry makes sense: the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** For `upstream_error`: the status of the most telling failure, where it is not the catalogue's. */
  readonly status?: number;
}

/** The one error of the product: `message` is for the caller and says what to do; `cause` and `detail` are for us. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? errorCatalogue[code].status;
    this.detail = options.detail;
    this.metadata = options.metadata;
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Any thrown value as a GatewayError; what we did not foresee is `internal` and keeps its cause for the log. */
export function toGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError
    ? thrown
    : new GatewayError('internal', 'Something went wrong on our side. Please retry.', { cause: thrown });
}
