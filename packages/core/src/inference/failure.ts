/** What went wrong at a provider, in our words. Vendors differ only in how their answers map to a kind. */
export type FailureKind =
  | 'rate_limited'
  | 'overloaded'
  | 'timeout'
  | 'connection'
  | 'rejected'
  | 'unauthorized'
  | 'context_too_long'
  | 'content_filtered'
  | 'server'
  | 'malformed';

/** One failed try of one endpoint. The message is the vendor's own, cleaned of secrets and cut to a sane length. */
export interface UpstreamFailure {
  readonly kind: FailureKind;
  readonly message: string;
  /** The provider's HTTP status; absent when no answer came. */
  readonly status?: number;
  /** The vendor's own error code or type. */
  readonly providerCode?: string;
  /** The request's field that the vendor complains of. */
  readonly param?: string;
  readonly retryAfterSeconds?: number;
}
