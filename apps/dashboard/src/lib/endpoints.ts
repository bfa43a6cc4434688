import type { OperationId, operations } from '@turnpike/contracts/operations';

type Operations = typeof operations;

type Endpoints = { readonly [Id in OperationId]: `${Uppercase<Operations[Id]['method']>} ${Operations[Id]['path']}` };

/**
 * Where the operations of the management API live. The compiler holds every line to the contracts, so that pages need
 * the contracts' types only: their schemas, and zod with them, would be a fifth of each page's JavaScript.
 */
export const endpoints = {
  getPlatform: 'GET /api/platform',
  signUp: 'POST /api/auth/sign-up',
  login: 'POST /api/auth/login',
  logout: 'POST /api/auth/logout',
  getSession: 'GET /api/auth/me',
  listOrganizations: 'GET /api/organizations',
  getOrganization: 'GET /api/organizations/{organizationId}',
  updateOrganization: 'PATCH /api/organizations/{organizationId}',
  getBalance: 'GET /api/organizations/{organizationId}/balance',
  listProjects: 'GET /api/organizations/{organizationId}/projects',
  createProject: 'POST /api/organizations/{organizationId}/projects',
  getProject: 'GET /api/organizations/{organizationId}/projects/{projectId}',
  updateProject: 'PATCH /api/organizations/{organizationId}/projects/{projectId}',
  listApiKeys: 'GET /api/organizations/{organizationId}/api-keys',
  createApiKey: 'POST /api/organizations/{organizationId}/api-keys',
  getApiKey: 'GET /api/organizations/{organizationId}/api-keys/{apiKeyId}',
  updateApiKey: 'PATCH /api/organizations/{organizationId}/api-keys/{apiKeyId}',
  deleteApiKey: 'DELETE /api/organizations/{organizationId}/api-keys/{apiKeyId}',
  listCalls: 'GET /api/organizations/{organizationId}/usage/calls',
  getCall: 'GET /api/organizations/{organizationId}/usage/calls/{requestId}',
  getUsageSummary: 'GET /api/organizations/{organizationId}/usage/summary',
  getUsageSeries: 'GET /api/organizations/{organizationId}/usage/series',
  listModels: 'GET /api/models',
  getModel: 'GET /api/models/{author}/{model}',
  getOpenApi: 'GET /api/openapi.json',
} as const satisfies Endpoints;

/** An operation of the management API. */
export type EndpointId = keyof typeof endpoints;
