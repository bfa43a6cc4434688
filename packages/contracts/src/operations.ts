import type { Operation } from './operation.ts';
import { authOperations } from './operations/auth.ts';
import { organizationsOperations } from './operations/organizations.ts';
import { projectsOperations } from './operations/projects.ts';
import { apiKeysOperations } from './operations/api-keys.ts';
import { usageOperations } from './operations/usage.ts';
import { modelsOperations } from './operations/models.ts';

/** Every endpoint of the management API, by its OpenAPI `operationId`. */
export const operations = {
  ...authOperations,
  ...organizationsOperations,
  ...projectsOperations,
  ...apiKeysOperations,
  ...usageOperations,
  ...modelsOperations,
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
