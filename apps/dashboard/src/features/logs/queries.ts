import 'server-only';
import { listCallsQuery, type CallListView } from '@turnpike/contracts/usage';
import { listCalls } from '@turnpike/control/read';
import { firstRead } from '#server/first-read.ts';
import { logQuery, type LogFilter } from './log-filter.ts';

/** The page of the log that the visitor sees when the page opens. */
export function readCalls(
  organizationId: string,
  projectId: string,
  filter: LogFilter,
): Promise<CallListView | undefined> {
  return firstRead(organizationId, listCallsQuery, logQuery(projectId, filter), listCalls);
}
