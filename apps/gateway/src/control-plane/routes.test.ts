import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { Reflector } from '@nestjs/core';
import { buildOpenApi } from '@turnpike/contracts/openapi';
import { operations } from '@turnpike/contracts/operations';
import { describe, expect, it } from 'vitest';
import { controlPlaneControllers } from './control-plane.module.ts';
import { operationOf } from './http/operation.decorator.ts';

const reflector = new Reflector();

/** Every method of every controller, private helpers (`#`) aside: what Nest could route to. */
const handlers = controlPlaneControllers.flatMap((controller) =>
  Object.entries(Object.getOwnPropertyDescriptors(controller.prototype))
    .filter(([name]) => name !== 'constructor')
    .map(([name, { value }]) => ({ name: `${controller.name}.${name}`, handler: value })),
);

describe('the routes of the management API', () => {
  it.each(handlers)('$name implements an operation, so that its access and input are defined', ({ handler }) => {
    expect(operationOf(reflector, handler)?.id).toBeTypeOf('string');
  });

  it('are all operations of the contracts, each once', () => {
    const implemented = handlers.map(({ handler }) => operationOf(reflector, handler)?.id);
    expect(implemented).toHaveLength(Object.keys(operations).length);
    expect(new Set(implemented)).toStrictEqual(new Set(Object.keys(operations)));
  });
});

describe('apps/gateway/openapi.json', () => {
  it('is what the contracts make: run `pnpm --filter @turnpike/gateway openapi` when it is not', async () => {
    const text = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(buildOpenApi())));
  });
});
