/** A ceiling per time. `requests` counts calls, `tokens` counts input and output, `concurrency` counts calls in flight. */
export interface RateLimit {
  readonly scope: 'key' | 'project' | 'organization';
  readonly kind: 'requests' | 'tokens' | 'concurrency';
  readonly limit: number;
  /** 0 for concurrency. */
  readonly windowMs: number;
}

/** How a limit stands after a call was counted: what the `x-ratelimit-*` headers say. */
export interface RateLimitState {
  readonly kind: RateLimit['kind'];
  readonly scope: RateLimit['scope'];
  readonly limit: number;
  readonly windowMs: number;
  readonly remaining: number;
  readonly resetMs: number;
}
