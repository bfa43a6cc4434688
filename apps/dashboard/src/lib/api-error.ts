import type { ErrorView, FieldIssue } from '@turnpike/contracts/errors';

/** What the management API answered instead of what was asked for; or that it could not be reached at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  /** One entry for each field that is wrong, with a path such as `rateLimits.0.limit`. */
  readonly issues: readonly FieldIssue[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly issues?: readonly FieldIssue[];
    readonly requestId?: string | undefined;
    readonly retryAfterSeconds?: number | undefined;
    readonly cause?: unknown;
  }) {
    super(facts.message, { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.issues = facts.issues ?? [];
    this.requestId = facts.requestId === '' ? undefined : facts.requestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Reads an answer that is not a success. A body that is not ours, such as a proxy's page, is told by its status alone. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  if (!isErrorBody(body)) {
    return new ApiError({
      status: response.status,
      code: 'unreadable',
      message: `The service answered with status ${response.status} and no explanation.`,
      retryAfterSeconds,
    });
  }
  const { code, message, issues = [], requestId } = body.error;
  return new ApiError({ status: response.status, code, message, issues, requestId, retryAfterSeconds });
}

/** Whether a body is an error of ours. Anything may stand between us and the service, so this one is looked at. */
function isErrorBody(body: unknown): body is ErrorView {
  if (typeof body !== 'object' || body === null || !('error' in body)) {
    return false;
  }
  const { error } = body;
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    'message' in error &&
    typeof error.message === 'string' &&
    (!('issues' in error) || Array.isArray(error.issues))
  );
}

/** The same for anything that was thrown on the way: a lost connection has no status. */
export function toApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError
    ? thrown
    : new ApiError({
        status: 0,
        code: 'unreachable',
        message: 'The service could not be reached. Check your connection; nothing you typed is lost.',
        cause: thrown,
      });
}
