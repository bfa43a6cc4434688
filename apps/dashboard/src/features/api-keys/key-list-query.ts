import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { createLoader, parseAsString, parseAsStringLiteral, type inferParserType } from 'nuqs/server';

const statuses = ['active', 'disabled', 'expired', 'revoked'] as const satisfies readonly ApiKeyView['status'][];

/** What the address says about the list; the same for the server and the browser. */
export const keyListParsers = {
  status: parseAsStringLiteral(statuses),
  cursor: parseAsString,
};

export const loadKeyFilter = createLoader(keyListParsers);

export type KeyFilter = inferParserType<typeof keyListParsers>;

const rowsPerPage = 50;

/** The query of the API for a filter. Without one, revoked keys are left out. */
export function keyListQuery(projectId: string, { status, cursor }: KeyFilter) {
  return { projectId, limit: rowsPerPage, status: status ?? undefined, cursor: cursor ?? undefined };
}
