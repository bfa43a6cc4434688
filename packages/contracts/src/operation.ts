import type { Permission } from '@turnpike/core/access/roles';
import type { ErrorCode } from '@turnpike/core/errors';
import type { z } from 'zod';

export type HttpMethod = 'get' | 'post' | 'patch' | 'delete';

/**
 * Who may call: anybody; a person with a session; a person or, for the project that it was made in, a management
 * key. `permission` is what the use case demands of the caller; null where it acts on the caller alone.
 */
export type OperationAccess =
  | { readonly type: 'public' }
  | { readonly type: 'session'; readonly permission: Permission | null }
  | { readonly type: 'session-or-management-key'; readonly permission: Permission };

/** A description of an answer; `schema` is null where the answer has no body. */
export interface OperationResponse {
  readonly description: string;
  readonly schema: z.ZodType | null;
}

/** One endpoint of the management API. Routes, validation and OpenAPI are made of it, so they cannot disagree. */
export interface Operation {
  readonly id: string;
  readonly method: HttpMethod;
  /** With parameters in braces: `/api/organizations/{organizationId}`. */
  readonly path: `/api/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: OperationAccess;
  readonly params: z.ZodObject | null;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodObject | null;
  readonly successStatus: 200 | 201 | 204;
  readonly success: OperationResponse;
  /** Besides those that every operation can give (see `commonErrors`). */
  readonly errors: readonly ErrorCode[];
}

/** Keeps the exact schemas of an operation in its type, so that a controller's inputs are inferred from it. */
export function defineOperation<const Definition extends Operation>(definition: Definition): Definition {
  return definition;
}

/** What every operation can answer besides its own codes. */
export function commonErrors(operation: Operation): readonly ErrorCode[] {
  const codes: ErrorCode[] = ['invalid_request', 'rate_limit_exceeded', 'service_unavailable', 'internal'];
  if (operation.access.type !== 'public') {
    codes.push('unauthenticated');
  }
  if (operation.method !== 'get' || (operation.access.type !== 'public' && operation.access.permission !== null)) {
    codes.push('access_denied');
  }
  if (operation.params !== null) {
    codes.push('not_found');
  }
  if (operation.body !== null) {
    codes.push('payload_too_large', 'unsupported_media_type');
  }
  return codes;
}
