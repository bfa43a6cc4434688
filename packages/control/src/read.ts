/**
 * Everything that can be read, for pages that are rendered on a server of ours: the functions behind the management
 * API's GET operations. Depends on the types of `db` and on pure packages alone: no Redis, no secrets, no changes.
 */
export { actAs, type SessionIdentity } from './auth/act-as.ts';
export { isLive } from './auth/session-lifetime.ts';
export { getApiKey, listApiKeys } from './api-keys/read-api-keys.ts';
export { getModel, listModels, type CatalogContext } from './models/read-models.ts';
export { getBalance } from './organizations/get-balance.ts';
export { getMembership } from './organizations/read-organizations.ts';
export { getProject, listProjects } from './projects/read-projects.ts';
export type { CatalogReads, Clock, ReadContext } from './read-context.ts';
export { getCall } from './usage/get-call.ts';
export { getUsageSeries } from './usage/get-usage-series.ts';
export { getUsageSummary } from './usage/get-usage-summary.ts';
export { listCalls } from './usage/list-calls.ts';
