import { z } from 'zod';
import { defineOperation } from '../operation.ts';
import { listModelsQuery, modelListSchema, modelParams, modelSchema } from '../models.ts';
import { none, isPublic } from './shared.ts';

export const modelsOperations = {
  listModels: defineOperation({
    ...none,
    id: 'listModels',
    method: 'get',
    path: '/api/models',
    tag: 'Models',
    summary: 'The catalogue: models, who serves them, and prices',
    access: isPublic,
    query: listModelsQuery,
    successStatus: 200,
    success: { description: 'The models.', schema: modelListSchema },
    errors: [],
  }),
  getModel: defineOperation({
    ...none,
    id: 'getModel',
    method: 'get',
    path: '/api/models/{author}/{model}',
    tag: 'Models',
    summary: 'One model of the catalogue',
    access: isPublic,
    params: modelParams,
    successStatus: 200,
    success: { description: 'The model.', schema: modelSchema },
    errors: [],
  }),
  getOpenApi: defineOperation({
    ...none,
    id: 'getOpenApi',
    method: 'get',
    path: '/api/openapi.json',
    tag: 'Meta',
    summary: 'This document',
    access: isPublic,
    successStatus: 200,
    success: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) },
    errors: [],
  }),
} as const;
