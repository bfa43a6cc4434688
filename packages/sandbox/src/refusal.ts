/** Why a call was not answered, in no vendor's words. A vendor maps a kind to its own status, type and code. */
export type RefusalKind =
  | 'invalid_request'
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not_found'
  | 'timeout'
  | 'too_large'
  | 'rate_limited'
  | 'quota'
  | 'content_policy'
  | 'context_length'
  | 'server'
  | 'unavailable'
  | 'overloaded';

/** What a vendor needs to know beyond the kind. */
export interface RefusalFacts {
  /** Where it differs from the usual status of its kind. */
  readonly status?: number;
  /** The vendor's own code, where it has codes. */
  readonly code?: string | null;
  /** The request field at fault, where the vendor names it. */
  readonly param?: string | null;
  readonly retryAfterSeconds?: number;
}

/** A call that is answered with a vendor's error body. An empty message means the vendor's usual sentence for the kind. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly facts: RefusalFacts;

  constructor(kind: RefusalKind, message = '', facts: RefusalFacts = {}) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.facts = facts;
  }
}

/** The kind of failure that a status stands for when a directive asks for that status. */
export function kindOfStatus(status: number): RefusalKind {
  switch (status) {
    case 401:
      return 'authentication';
    case 402:
      return 'billing';
    case 403:
      return 'permission';
    case 404:
      return 'not_found';
    case 408:
    case 504:
      return 'timeout';
    case 413:
      return 'too_large';
    case 429:
      return 'rate_limited';
    case 503:
      return 'unavailable';
    case 529:
      return 'overloaded';
    default:
      return status < 500 ? 'invalid_request' : 'server';
  }
}
