import type { CallView } from '@turnpike/contracts/usage';
import {
  createLoader,
  createSerializer,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
  type inferParserType,
} from 'nuqs/server';
import type { CallOptions } from '#lib/api.ts';
import { rangePresets, resolveRange } from '#lib/time-range.ts';

const statuses = ['success', 'error', 'cancelled'] as const satisfies readonly CallView['status'][];

/** What the address says about the list. `from` and `to` together win over the preset: a bar of a chart leads here with them. */
export const logFilterParsers = {
  status: parseAsStringLiteral(statuses),
  model: parseAsString,
  key: parseAsString,
  provider: parseAsString,
  range: parseAsStringLiteral(rangePresets).withDefault('24h'),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  cursor: parseAsString,
};

/** What the address says about the open row. */
export const openRowParsers = {
  request: parseAsString,
  tab: parseAsStringLiteral(['overview', 'cost', 'raw']).withDefault('overview'),
};

export type LogFilter = inferParserType<typeof logFilterParsers>;

export const loadLogFilter = createLoader(logFilterParsers);

/** An address of the log, for links from other pages: `?key=key_…&from=…&to=…`. */
export const logSearch = createSerializer(logFilterParsers);

const rowsPerPage = 50;

/** The query of the API for a filter. A preset is resolved now, so that a list that is asked for again moves on. */
export function logQuery(
  projectId: string,
  filter: LogFilter,
  nowMs = Date.now(),
): NonNullable<CallOptions<'listCalls'>['query']> {
  const { status, model, key, provider, cursor } = filter;
  return {
    projectId,
    limit: rowsPerPage,
    status: status ?? undefined,
    model: model ?? undefined,
    apiKeyId: key ?? undefined,
    providerId: provider ?? undefined,
    cursor: cursor ?? undefined,
    ...rangeOf(filter, nowMs),
  };
}

/** True when anything but the time narrows the list. */
export function isNarrowed({ status, model, key, provider }: LogFilter): boolean {
  return [status, model, key, provider].some((value) => value !== null);
}

/** True while new calls can appear at the top: the first page, up to now. */
export function isFollowing({ cursor, to, range }: LogFilter): boolean {
  return cursor === null && to === null && range !== 'last-month';
}

function rangeOf({ range, from, to }: LogFilter, nowMs: number): { readonly from: string; readonly to?: string } {
  if (from !== null && to !== null) {
    return { from: from.toISOString(), to: to.toISOString() };
  }
  const { fromMs, toMs } = resolveRange(range, nowMs);
  // An end that is now would leave out the call that is just being made.
  return toMs === nowMs
    ? { from: new Date(fromMs).toISOString() }
    : { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
