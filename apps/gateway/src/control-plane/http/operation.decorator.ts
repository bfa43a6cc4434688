import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { HttpMethod, Operation } from '@turnpike/contracts/operation';

const operationKey = 'turnpike:operation';

const requestMethods: Readonly<Record<HttpMethod, RequestMethod>> = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
};

/**
 * Binds a handler to an operation of the contracts: its route, its status, its validation and who may call it. A
 * handler without it is never reached: the access guard refuses what has no operation.
 */
export function Implements(operation: Operation): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: requestMethods[operation.method], path: toNestPath(operation.path) }),
    HttpCode(operation.successStatus),
    SetMetadata(operationKey, operation),
  );
}

/** The operation that a handler implements; undefined for a handler that forgot to say. */
export function operationOf(reflector: Reflector, handler: object): Operation | undefined {
  return typeof handler === 'function' ? reflector.get<Operation | undefined>(operationKey, handler) : undefined;
}

function toNestPath(path: Operation['path']): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
