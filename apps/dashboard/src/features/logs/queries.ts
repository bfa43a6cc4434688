import 'server-only';
import type { CallListView } from '@turnpike/contracts/usage';
import { call } from '#lib/api.ts';
import { visitorTransport } from '#server/api.ts';
import { logQuery, type LogFilter } from './log-filter.ts';

/** The page of the log that the visitor sees when the page opens. */
export function readCalls(organizationId: string, projectId: string, filter: LogFilter): Promise<CallListView> {
  return call('listCalls', {
    params: { organizationId },
    query: logQuery(projectId, filter),
    transport: visitorTransport,
  });
}
