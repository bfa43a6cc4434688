import type { CallListView, ListCallsQuery } from '@turnpike/contracts/usage';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { renderId } from '@turnpike/core/ids';
import { parseUsd } from '@turnpike/core/money';
import type { CallFilter } from '@turnpike/db/call-filter';
import { readCursor } from '../paging.ts';
import type { ReadContext } from '../read-context.ts';
import { findKeysOf } from './find-keys-of.ts';
import { renderCall } from './render-call.ts';
import { toCallScope } from './usage-range.ts';

/**
 * Lists calls, newest first. Throws GatewayError `access_denied`, `not_found` for a project outside the actor's
 * reach, `invalid_request` for a range or cursor that makes no sense.
 */
export async function listCalls(context: ReadContext, query: ListCallsQuery): Promise<CallListView> {
  const { actor, readers, clock } = context;
  assertMay(actor, 'usage.read', query.projectId);
  const before = readCursor('request', query.cursor);
  const page = await readers.usage.listCalls(toFilter(context, query, clock.nowMs()), {
    limit: query.limit,
    ...(before === undefined ? {} : { before }),
  });
  const keys = await findKeysOf(readers, page.calls);
  return {
    items: page.calls.map((call) => renderCall(call, keys)),
    nextCursor: page.next === undefined ? null : renderId('request', page.next),
  };
}

function toFilter({ actor }: ReadContext, query: ListCallsQuery, nowMs: number): CallFilter {
  return {
    ...toCallScope(query, actor, nowMs),
    ...(query.status === undefined ? {} : { statuses: query.status }),
    ...(query.requestId === undefined ? {} : { requestId: query.requestId }),
    ...(query.minDurationMs === undefined ? {} : { minDurationMs: query.minDurationMs }),
    ...(query.minChargeUsd === undefined ? {} : { minChargeNanoUsd: parseUsd(query.minChargeUsd) }),
    ...(query.isStream === undefined ? {} : { isStream: query.isStream }),
  };
}
