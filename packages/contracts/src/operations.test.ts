import { describe, expect, it } from 'vitest';
import { buildOpenApi } from './openapi.ts';
import { commonErrors } from './operation.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';

const all: readonly (readonly [string, Operation])[] = Object.entries(operations);

describe('operations', () => {
  it.each(all)('%s is known by its own name', (name, operation) => {
    expect(operation.id).toBe(name);
  });

  it('gives no two operations the same method and path', () => {
    const routes = all.map(([, { method, path }]) => `${method} ${path}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it.each(all)('%s validates exactly the parameters of its path', (_name, { path, params }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {})).toStrictEqual(inPath);
  });

  it.each(all)('%s demands a permission wherever it is about an organization', (_name, { path, access }) => {
    const isOfOrganization = path.startsWith('/api/organizations/{organizationId}');
    expect(access.type !== 'public' && access.permission !== null).toBe(isOfOrganization);
  });

  it.each(all)('%s refuses fields that it does not know', (_name, { body, query }) => {
    for (const schema of [body, query]) {
      const issues = schema?.safeParse({ organization_id: 'org_1', isAdmin: true }).error?.issues ?? [];
      expect(schema === null || issues.some((issue) => issue.code === 'unrecognized_keys')).toBe(true);
    }
  });

  it('never takes a body where a method has none', () => {
    expect(all.filter(([, { method, body }]) => body !== null && ['get', 'delete'].includes(method))).toStrictEqual([]);
  });
});

describe('commonErrors', () => {
  it('names 401 wherever a credential is needed and 404 wherever something is looked up', () => {
    expect(commonErrors(operations.getApiKey)).toEqual(
      expect.arrayContaining(['unauthenticated', 'access_denied', 'not_found']),
    );
    expect(commonErrors(operations.listModels)).not.toContain('unauthenticated');
  });
});

describe('buildOpenApi', () => {
  const text = JSON.stringify(buildOpenApi());

  it('documents every operation with its method', () => {
    expect(
      all.filter(([, { path, method, id }]) => {
        const { paths } = buildOpenApi();
        return (
          !JSON.stringify(paths).includes(`"operationId":"${id}"`) ||
          !text.includes(`"${path}":{`) ||
          !text.includes(`"${method}":{`)
        );
      }),
    ).toStrictEqual([]);
  });

  it('has no reference that leads nowhere', () => {
    const schemas = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '');
    const known = JSON.stringify(buildOpenApi()['components']);
    expect(new Set(schemas).size).toBeGreaterThan(30);
    expect(schemas.filter((name) => !known.includes(`"${name}":{`))).toStrictEqual([]);
  });

  it('is the same on every run', () => {
    expect(JSON.stringify(buildOpenApi())).toBe(text);
  });
});
