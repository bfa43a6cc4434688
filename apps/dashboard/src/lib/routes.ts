/** Addresses of the dashboard's pages, in one place. Scope is in the path, state in the query. */
export const routes = {
  home: (organizationId: string): string => `/o/${organizationId}`,
  keys: (organizationId: string, projectId: string): string => `/o/${organizationId}/p/${projectId}/keys`,
  logs: (organizationId: string, projectId: string): string => `/o/${organizationId}/p/${projectId}/logs`,
  usage: (organizationId: string, projectId: string): string => `/o/${organizationId}/p/${projectId}/usage`,
  onboarding: '/onboarding',
  login: '/login',
} as const;

/** The project in a path of the dashboard; undefined on the pages of the organization as a whole. */
export function projectOfPath(path: string): string | undefined {
  return /^\/o\/[^/]+\/p\/([^/]+)/.exec(path)?.[1];
}

/**
 * The same page in another project. What the query held (filters, an open row) belonged to the project that is left,
 * so it does not come along.
 */
export function pathInProject(path: string, organizationId: string, projectId: string): string {
  const page = /^\/o\/[^/]+\/p\/[^/]+\/([a-z]+)/.exec(path)?.[1] ?? 'keys';
  return `/o/${organizationId}/p/${projectId}/${page}`;
}
